"""Office files as grids of addressed, typed cells. No sector names here."""
