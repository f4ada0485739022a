"""Tools for developers: checks, generators and reports. The local stack does not need them."""
