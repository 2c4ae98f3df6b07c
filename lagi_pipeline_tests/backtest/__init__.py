"""The corpus of messes: a fixed sample of it, and the judge itself."""
