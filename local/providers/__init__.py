"""The providers of the local stack: simulators, or the real ones."""
