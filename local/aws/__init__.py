"""AWS on 127.0.0.1: moto, the template, and the services that moto lacks."""
