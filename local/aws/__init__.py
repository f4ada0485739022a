"""AWS on a laptop: moto with its gaps closed, and functions as Lambda runs them."""
