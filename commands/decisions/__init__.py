"""What the cities decide, with one vote each."""
