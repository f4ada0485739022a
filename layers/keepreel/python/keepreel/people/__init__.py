"""People's data: accounts, exports, erasure, and uploads that nothing uses."""
