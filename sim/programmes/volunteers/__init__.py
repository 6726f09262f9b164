"""Volunteers (志愿者): how they are won, kept and used."""
