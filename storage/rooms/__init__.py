"""The rooms the bot sits in, and what may be shown there."""
