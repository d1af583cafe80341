"""The cooperation itself: its name, language and zone."""
