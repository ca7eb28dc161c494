"""A process that keeps workers running on one database, and kills one with -9 at each order.

Orders are lines: ``kill`` kills a worker and starts another, ``end`` stops all in order. The answer
is the number of the process that died, or how the last ones ended.
"""

from __future__ import annotations

import io
import os
import random
import signal
import sys

import django

django.setup()

from django.core.management import call_command  # noqa: E402  # after setup
from django.db import connections  # noqa: E402

WORKERS = 2


def start(name: str) -> int:
    """Fork a worker on a database and return its number."""
    pid = os.fork()
    if pid:
        return pid
    connections.settings["default"]["NAME"] = name
    try:
        call_command("worker", stdout=io.StringIO())
    except BaseException as error:
        os.write(2, f"{error!r}\n".encode())
        os._exit(1)
    os._exit(0)


def main(name: str, seed: str) -> None:
    """Obey until told to end."""
    chance = random.Random(seed)
    living = [start(name) for _worker in range(WORKERS)]
    for line in sys.stdin:
        if line.strip() == "end":
            break
        victim = living.pop(chance.randrange(WORKERS))
        os.kill(victim, signal.SIGKILL)
        _pid, status = os.waitpid(victim, 0)
        assert os.WIFSIGNALED(status), "a worker ended by itself"
        living.append(start(name))
        print(victim, flush=True)
    for pid in living:
        os.kill(pid, signal.SIGTERM)
    print(*(os.waitpid(pid, 0)[1] for pid in living), flush=True)


if __name__ == "__main__":
    main(*sys.argv[1:3])
