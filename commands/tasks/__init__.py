"""What people promised to do for their cities."""
