"""The command `optimise`: the best use of levers and strategies within a budget, believed only on fresh seeds."""
