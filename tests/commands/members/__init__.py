"""Tests of commands/members."""
