"""When a body meets, what is on its agenda, and what was noted."""
