"""A server that is killed: under load, at random moments, again and again. Nothing half is left, nothing is lost."""
