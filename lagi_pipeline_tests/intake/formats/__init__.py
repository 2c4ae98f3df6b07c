"""Tests of the kinds of files and of what would harm."""
