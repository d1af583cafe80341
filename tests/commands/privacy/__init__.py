"""Data protection through the front door."""
