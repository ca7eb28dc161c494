"""Accounts and the requests about them (账号与授权)."""
