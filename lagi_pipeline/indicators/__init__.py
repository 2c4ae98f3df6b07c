"""Pure functions from measures to verdicts: always "as known at" and "evaluated at" a time given from outside.

No I/O, no clock, no DuckDB, no pandas.
"""
