"""The HTTP API: request handling, responses, OpenAPI metadata."""
