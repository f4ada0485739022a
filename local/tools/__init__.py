"""Build and check tools; the stack does not import them."""
