"""The force: establishment, officers and auxiliaries, rosters, and what work does to them."""
