"""The page's static files, their security headers, and the share page."""
