"""What the page in the browser needs beside the project."""

from sim.extras import Extra

APP = Extra("app", "app", ("nicegui",))
