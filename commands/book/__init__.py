"""The log of official acts in the chat: how long it is, and the hash that seals it."""
