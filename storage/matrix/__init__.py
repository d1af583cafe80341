"""What the bot must remember about Matrix: its accounts, its keys, its rooms, and what it could not read yet."""
