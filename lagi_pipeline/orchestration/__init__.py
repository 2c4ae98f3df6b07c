"""Dagster: partitions, assets, checks, resources, jobs, schedules, sensors. Thin: what they do is in ``steps``."""
