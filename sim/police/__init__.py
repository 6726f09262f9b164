"""The police: headcount and roster, patrol units, dispatch, presence, the officer-minute ledger."""
