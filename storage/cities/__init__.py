"""Cities and partners, and what they were to the cooperation at which time."""
