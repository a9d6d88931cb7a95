"""What this room refuses, one file a process."""
