"""A local homeserver, its accounts and rooms, a played conversation, a terminal to type in."""
