"""What is told to people when a run or a check fails: the words, the channels they go by, and what was told already.

Nothing here knows Dagster: ``orchestration/alerts.py`` finds what failed.
"""
