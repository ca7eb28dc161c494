"""Naming transactions on SQLite (事务标识), so that a change and its event can be told together.

A protected table's trigger calls ``openlot_token()``: a tool that does not know the function cannot
write to the table. PostgreSQL names its transactions itself.
"""

from __future__ import annotations

import secrets
import time
from collections.abc import Callable
from typing import Any

from django.db.backends.base.base import BaseDatabaseWrapper

FUNCTION = "openlot_token"


class Tokens:
    """Gives each transaction of one connection a name of its own, and each lone statement another."""

    def __init__(self, wrapper: BaseDatabaseWrapper) -> None:
        self.wrapper = wrapper
        self.token = _token()

    def __call__(self) -> str:
        """Return the name of the transaction that is under way (事务标识)."""
        if not self.wrapper.connection.in_transaction:
            self.token = _token()
        return self.token

    def notice(
        self, execute: Callable[..., Any], sql: str, params: Any, many: bool, context: Any
    ) -> Any:
        """Let a statement pass; one that begins a transaction begins a new name."""
        if sql.startswith("BEGIN"):
            self.token = _token()
        return execute(sql, params, many, context)


def _token() -> str:
    """Return a name that nobody has; names in the order of time are written side by side."""
    return f"{time.time_ns():x}-{secrets.token_hex(8)}"


def name_transactions(*, connection: BaseDatabaseWrapper, **_signal: Any) -> None:
    """Register the naming function with a new connection to SQLite (注册事务标识函数)."""
    if connection.vendor != "sqlite":
        return
    tokens = Tokens(connection)
    connection.execute_wrappers[:0] = [tokens.notice]
    connection.connection.create_function(FUNCTION, 0, tokens)
