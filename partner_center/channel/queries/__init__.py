"""Questions of this room, one file a process."""
