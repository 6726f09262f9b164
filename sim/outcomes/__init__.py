"""What came of it: tables of events and indicators, from the truth and from the police's books."""
