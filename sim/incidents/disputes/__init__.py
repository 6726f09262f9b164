"""Disputes (矛盾纠纷): how they run, mediation, and assaults that arise from them."""
