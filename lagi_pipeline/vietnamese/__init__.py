"""How Vietnamese offices write: labels and their spellings, numbers, units of measure. No sector, no file."""
