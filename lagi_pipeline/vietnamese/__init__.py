"""How Vietnamese offices write: labels and their spellings, numbers, units of measure. Nothing here knows a sector or a file."""
