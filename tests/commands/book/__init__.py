"""The log of official acts."""
