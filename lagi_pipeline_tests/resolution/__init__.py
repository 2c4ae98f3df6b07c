"""Tests of ``lagi_pipeline.resolution``."""
