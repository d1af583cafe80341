"""Who sits for which city in which body, and in what office."""
