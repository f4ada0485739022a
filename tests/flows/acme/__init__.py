"""Acme Video: a fictional third provider, complete except for its place in the real registry."""
