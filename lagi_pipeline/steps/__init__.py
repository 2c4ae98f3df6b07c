"""The steps of a run as plain functions of a data folder and a warehouse: ingest, compute, gate, publish.

What Dagster's assets call, and what a script or a test can call without Dagster.
"""
