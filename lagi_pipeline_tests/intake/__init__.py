"""Tests of what reads office files."""
