"""Keepreel: create AI videos safely, store them permanently and share them."""

VERSION = "0.1.0"
