"""What is public (公示)."""
