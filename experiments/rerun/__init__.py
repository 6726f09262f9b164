"""`beatlab rerun`: a result done again from its own record, and compared to the bit."""
