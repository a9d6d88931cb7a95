"""The frame of the wire API: how one operation is declared, checked, called and answered. No business noun."""
