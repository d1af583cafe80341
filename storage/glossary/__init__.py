"""Words people really use, in both languages, and what they mean."""
