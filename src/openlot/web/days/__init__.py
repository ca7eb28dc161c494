"""Drawing days (抽签日)."""
