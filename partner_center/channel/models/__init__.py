"""Tables of the channel, one file a process."""
