"""Data protection: what is kept and who answers for it, what is kept about somebody, and making somebody anonymous."""
