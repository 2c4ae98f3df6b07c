"""Tools of the project itself: setting up, the data dictionary, measuring."""
