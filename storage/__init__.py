"""What the cooperation remembers: its records, their tables and the bundle they travel in."""
