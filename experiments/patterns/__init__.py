"""Published patterns: what is measured in a run, in which study, and within which band it should lie."""
