"""The command `trial`: what an evaluation of a roll-out would find in police records, beside what the roll-out does."""
