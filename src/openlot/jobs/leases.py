"""Leases of workers (存活凭据): held as long as the process lives, gone the instant it dies.

PostgreSQL ends a session's advisory locks with the session, the kernel a file's lock with the
process: no clock and no heartbeat decides whether somebody is still at work.
"""

from __future__ import annotations

import fcntl
import hashlib
import os
import tempfile
from abc import ABC, abstractmethod
from pathlib import Path

from django.db import connection

# A machine that lost its power closes no connection: the server asks whether it is still there.
PROBES = (
    "SET tcp_keepalives_idle = 5",
    "SET tcp_keepalives_interval = 2",
    "SET tcp_keepalives_count = 3",
    "SET client_connection_check_interval = '2s'",
)


class Lease(ABC):
    """The lease of one worker (存活凭据)."""

    def __init__(self, worker: str) -> None:
        self.worker = worker

    @abstractmethod
    def take(self) -> None:
        """Take the lease (取得凭据), before the first job is claimed."""

    @abstractmethod
    def is_held(self) -> bool:
        """Say whether it is still held (凭据有效)."""

    @abstractmethod
    def is_gone(self, worker: str) -> bool:
        """Say whether ``worker`` holds none any more (持有者已失效)."""

    @abstractmethod
    def end(self) -> None:
        """Give the lease up (释放凭据) at the end of an orderly worker."""


class SessionLease(Lease):
    """An advisory lock of the session that does the work (PostgreSQL 会话锁)."""

    def __init__(self, worker: str) -> None:
        super().__init__(worker)
        self.session = 0

    def take(self) -> None:
        """Lock the worker's number in this thread's session."""
        with connection.cursor() as cursor:
            for probe in PROBES:
                cursor.execute(probe)
            cursor.execute("SELECT pg_advisory_lock(%s), pg_backend_pid()", [_number(self.worker)])
            self.session = cursor.fetchone()[1]

    def is_held(self) -> bool:
        """Say whether this thread's session is still the one that took it."""
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_backend_pid()")
            return bool(cursor.fetchone()[0] == self.session)

    def is_gone(self, worker: str) -> bool:
        """Try the worker's lock from another session than its own."""
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_try_advisory_lock(%s)", [_number(worker)])
            if not cursor.fetchone()[0]:
                return False
            cursor.execute("SELECT pg_advisory_unlock(%s)", [_number(worker)])
            return True

    def end(self) -> None:
        """Unlock the number."""
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_unlock(%s)", [_number(self.worker)])


class FileLease(Lease):
    """A locked file beside the database (SQLite 文件锁)."""

    def __init__(self, worker: str) -> None:
        super().__init__(worker)
        self.folder = _folder()
        self.descriptor = -1

    def take(self) -> None:
        """Make the worker's file and lock it."""
        self.folder.mkdir(parents=True, exist_ok=True)
        self.descriptor = os.open(self.folder / self.worker, os.O_RDWR | os.O_CREAT, 0o600)
        fcntl.flock(self.descriptor, fcntl.LOCK_EX)

    def is_held(self) -> bool:
        """Say whether the file is still where it was."""
        return self.descriptor >= 0 and (self.folder / self.worker).exists()

    def is_gone(self, worker: str) -> bool:
        """Try the lock of the worker's file; a file without a holder is cleared away."""
        path = self.folder / worker
        try:
            descriptor = os.open(path, os.O_RDWR)
        except FileNotFoundError:
            return True
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return False
        else:
            path.unlink(missing_ok=True)
            return True
        finally:
            os.close(descriptor)

    def end(self) -> None:
        """Remove the file and its lock."""
        (self.folder / self.worker).unlink(missing_ok=True)
        os.close(self.descriptor)
        self.descriptor = -1


def lease_for(worker: str) -> Lease:
    """Return the lease of ``worker`` (存活凭据) that the database in use offers."""
    return SessionLease(worker) if connection.vendor == "postgresql" else FileLease(worker)


def _number(worker: str) -> int:
    return int.from_bytes(hashlib.sha256(worker.encode()).digest()[:8], "big", signed=True)


def _folder() -> Path:
    name = str(connection.settings_dict["NAME"])
    if "memory" in name:
        return Path(tempfile.gettempdir()) / f"openlot-workers-{os.getpid()}"
    return Path(f"{name}.workers")
