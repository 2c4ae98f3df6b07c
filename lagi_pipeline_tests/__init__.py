"""Tests of the pipeline, laid out as the package is."""
