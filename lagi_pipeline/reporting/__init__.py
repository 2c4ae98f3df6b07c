"""What people read. It reads the published file only."""
