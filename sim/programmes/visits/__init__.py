"""Community visits (走访): whose turn it is, the round from door to door, what people tell there."""
