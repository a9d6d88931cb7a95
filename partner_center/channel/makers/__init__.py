"""Rows of this room for tests and the sample world, made through actions."""
