"""Work of this room that happens by itself."""
