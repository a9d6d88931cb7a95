"""What crosses rooms. A room's own tests stand in partner_center/<room>/tests/."""
