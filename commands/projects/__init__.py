"""The room of projects: what the cities do together, how it goes, and every date that slipped."""
