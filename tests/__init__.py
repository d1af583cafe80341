"""The promises, kept by running them."""
