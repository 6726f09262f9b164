"""Cases: their log, investigation, series, analysis, and how information travels."""
