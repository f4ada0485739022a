"""The Higgsfield adapter."""
