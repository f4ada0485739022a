"""HTTP servers that imitate the video providers, for tests, demos and work without keys."""
