"""Keepreel: create AI videos safely, store them permanently and share them."""
