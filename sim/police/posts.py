"""The posts that an officer can be on, and which of them belong to a district or work around the clock."""

from __future__ import annotations

from enum import IntEnum


class Post(IntEnum):
    """Where an officer works."""

    HEADQUARTERS = 0
    DETECTIVES = 1
    ANTI_FRAUD = 2
    INTELLIGENCE = 3
    PATROL = 4
    COMMUNITY = 5
    DESK = 6


POST_NAMES = tuple(post.name.lower() for post in Post)
SPECIALIST_POSTS = (Post.DETECTIVES, Post.ANTI_FRAUD, Post.INTELLIGENCE)
STATION_POSTS = (Post.PATROL, Post.COMMUNITY, Post.DESK)  # each district has its own; the others serve the whole city
SHIFT_POSTS = (Post.PATROL, Post.DESK)  # around the clock; the others work by day
