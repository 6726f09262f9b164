"""Field experiments carried out again, each in a file, judged by police records as the published one was."""
