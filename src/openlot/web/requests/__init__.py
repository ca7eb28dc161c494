"""The inbox of requests about accounts (账号申请)."""
