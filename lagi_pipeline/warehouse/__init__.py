"""DuckDB: tables made from the models, one transaction per write, the vault of raw files, the published snapshot.

No sector logic: what the rows mean is the feeds' and the indicators' business.
"""
