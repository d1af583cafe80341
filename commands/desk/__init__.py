"""What spans all nouns: help, history, undo."""
