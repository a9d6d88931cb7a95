"""Rows of the room, one file a noun. Imports below make them known to Django."""
