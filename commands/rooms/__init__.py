"""The rooms the bot sits in: greeting, binding, first steps, and what it says about data protection."""
