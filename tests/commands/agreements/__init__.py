"""Agreements: rules, deadlines in words, and conversations."""
