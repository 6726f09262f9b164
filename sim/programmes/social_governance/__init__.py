"""Social governance (共建共治共享): groups and grids, tips, the fusion of both networks."""
