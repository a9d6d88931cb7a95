"""What this room tells people, one file a process."""
