"""Formal rules that stand in the way, and who was asked to change them."""
