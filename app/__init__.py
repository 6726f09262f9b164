"""What is looked at and touched: the replay of runs, and the page in the browser."""
