"""Keepreel: AI videos made safely, kept for good and shown."""
