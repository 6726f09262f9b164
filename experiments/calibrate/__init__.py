"""The wing of the command `calibrate`: which values of parameters go with the patterns that are known."""
