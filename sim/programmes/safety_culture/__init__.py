"""Safety culture (安全文化): meetings, talk along ties, checks of homes."""
