"""Deeds of the channel, one file a process."""
