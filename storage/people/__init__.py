"""The people who sit at the table: the only place where their identity is kept."""
