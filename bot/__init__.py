"""The part that talks and keeps time."""
