"""The HTTP API: requests, responses, OpenAPI."""
