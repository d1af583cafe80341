"""Tests of the room of projects."""
