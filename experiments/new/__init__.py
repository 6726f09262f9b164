"""The command `new`: starting files for a strategy, a programme, an indicator or a situation of your own."""
