"""Patrol: units, what they do when nobody calls, the queue of calls, dispatch."""
