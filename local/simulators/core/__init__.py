"""Code that all simulators share."""
