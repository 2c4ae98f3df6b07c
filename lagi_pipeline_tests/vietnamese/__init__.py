"""Tests of how Vietnamese offices write."""
