"""The played conversation as data: what is said, by whom, and what must come back."""
from bot.demo.steps import Answer, Entrance, Line
