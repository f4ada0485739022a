"""The page's static files and the share page."""
