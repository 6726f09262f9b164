"""What was understood of the files of a city: numbers, figures and the page; knows no command."""
