"""Reading personal information whole (查看完整信息)."""
