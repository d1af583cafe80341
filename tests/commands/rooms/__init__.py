"""Tests of commands/rooms."""
