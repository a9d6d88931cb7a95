"""Laws of this room, as `partner-center verify` proves them."""
