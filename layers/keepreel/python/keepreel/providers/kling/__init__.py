"""The Kling adapter."""
