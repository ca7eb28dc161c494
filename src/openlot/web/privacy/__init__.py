"""Reading personal information whole, and erasing it (查看完整信息、个人信息销毁)."""
