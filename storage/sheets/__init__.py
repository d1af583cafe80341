"""Spreadsheets: some lists of a bundle as tables, because that is what cities keep."""
