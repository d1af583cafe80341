"""What tests need of the world outside: a homeserver and people on it."""
