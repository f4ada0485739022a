"""HTTP servers that behave on the wire like the video providers, for tests, demos and work without keys."""
