"""The trail (全程留痕)."""
