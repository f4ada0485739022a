"""Prompts: templates, and the final prompt of a video."""
