"""Round trips and sizes, measured and printed; no test."""
