"""Keepreel's version, which content credentials name as the software."""

VERSION = "0.1.0"
