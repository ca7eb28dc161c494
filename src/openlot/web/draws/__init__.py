"""The ceremony of a draw (公开抽取)."""
