"""The steps of a video's workflow."""
