"""What works in one city and may help others, and what was learned."""
