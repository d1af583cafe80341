"""Tests of the calendar: working days, date phrases, month arithmetic."""
