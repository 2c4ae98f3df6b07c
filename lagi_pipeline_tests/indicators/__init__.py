"""Tests of the pure functions from measures to verdicts."""
