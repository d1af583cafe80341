"""What the bot can do: one room per noun, and what spans them."""
