"""Working days per city, date phrases in German and English, month arithmetic."""
