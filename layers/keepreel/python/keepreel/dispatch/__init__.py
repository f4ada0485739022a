"""Dispatch: give the provider's slots to waiting videos, in a fair order, and start their workflows."""
