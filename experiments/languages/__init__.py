"""The languages in which everything is said: words, terms, and errors; knows no command."""
