"""`beatlab power`: how many replications the next comparison takes, from the variance that a finished one has."""
