"""Settings of the property tests: a busy machine makes no promise untrue, so examples have no time limit."""

from hypothesis import settings

settings.register_profile("untimed", deadline=None)
settings.load_profile("untimed")
