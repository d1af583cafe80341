"""Tests of the demo's homeserver and people."""
