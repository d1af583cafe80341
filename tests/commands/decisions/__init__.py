"""Decisions: counting votes."""
