"""What AWS charges for a deployment and what limits it, computed from the template and the benchmark's counts."""
