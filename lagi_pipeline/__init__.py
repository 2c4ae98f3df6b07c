"""Where each promised target of a Vietnamese town stands, every quarter: from office workbooks to DuckDB tables."""
