"""Keepreel on one machine: `python -m local run`, `demo` and `demo-bot`."""
