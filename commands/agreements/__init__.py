"""What the cities signed: its parties and clauses, how long it runs, and until when notice can be given."""
