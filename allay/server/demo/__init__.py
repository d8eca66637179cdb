"""The demo: synthetic people, made by the product's own verbs with the clock passed in. Never part of a real service."""
