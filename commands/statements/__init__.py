"""What the cities say in public."""
