"""Tests of what is told to people when something fails."""
