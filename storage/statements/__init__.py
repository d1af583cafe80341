"""What the cities say in public with one voice."""
