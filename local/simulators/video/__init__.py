"""Films for the simulators."""
