"""A simulator of the Higgsfield API."""
