"""Keepreel whole on one machine: `python -m local run` and `python -m local demo`."""
