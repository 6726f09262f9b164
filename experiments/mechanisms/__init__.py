"""What programmes do, seen from within."""
