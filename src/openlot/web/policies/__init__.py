"""Policy numbers (政策参数)."""
