"""Campaigns (运动式治理): overtime, officers moved to patrol, stops and checks."""
