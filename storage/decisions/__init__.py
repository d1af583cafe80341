"""What was decided, by whom, with what weight, and whether it still holds."""
