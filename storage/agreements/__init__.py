"""What the cities signed, and the deadlines in it."""
