"""Decisions of this room over plain values, one file a process."""
