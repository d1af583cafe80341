"""What the cities meet for."""
