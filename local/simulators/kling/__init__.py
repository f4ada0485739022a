"""A simulator of the Kling API."""
