"""`beatlab store`: look into the store of runs, check it, tidy it, take its runs elsewhere."""
