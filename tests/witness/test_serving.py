"""The witness as a server: statuses over HTTP, limits, callers at once, and death at any moment."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, contextmanager
from http.client import HTTPConnection, HTTPException, HTTPResponse
from pathlib import Path
from random import Random
from threading import Barrier, Timer

import pytest
from toylog import Log
from witness.conftest import LOG, at_home, body

from openlot_witness.keys import Key
from openlot_witness.server import CONNECTIONS, Server
from openlot_witness.store import Memory, Store
from openlot_witness.witness import BODY_MAX, Witness

ROUNDS = int(os.environ.get("WITNESS_ROUNDS", "60"))
KILLS = int(os.environ.get("WITNESS_KILLS", "8"))
PORT_LINE = "/add-checkpoint"
COMMAND = (sys.executable, "-m", "openlot_witness", "serve")


@pytest.fixture
def address(witness: Witness) -> Iterator[tuple[str, int]]:
    """Serve the witness in a thread."""
    with Server(("127.0.0.1", 0), witness) as server:
        thread = threading.Thread(target=server.serve_forever, daemon=True)
        thread.start()
        host, port = server.server_address[:2]
        yield str(host), int(port)
        server.shutdown()
        thread.join()


def post(connection: HTTPConnection, sent: bytes, path: str = PORT_LINE) -> tuple[int, str]:
    """Send a request; return status and body."""
    connection.request("POST", path, sent)
    answer: HTTPResponse = connection.getresponse()
    return answer.status, answer.read().decode()


def test_one_connection_carries_many_requests(address: tuple[str, int]):
    """200, 409 with its type, 422, 403, 404, 400 and 200 again, without connecting anew."""
    with closing(HTTPConnection(*address, timeout=20)) as connection:
        told = [
            post(connection, sent)[0]
            for sent in (
                body(LOG, 0, 10),
                body(LOG, 0, 20),
                body(Log.of(20, "x"), 10, 20),
                body(LOG, 10, 20).replace(b"\n20\n", b"\n21\n"),
                body(LOG, 10, 20).replace(b"openlot", b"elsewhere"),
                b"old",
                body(LOG, 10, 20),
            )
        ]
        assert told == [200, 409, 422, 403, 404, 400, 200]
        connection.request("POST", PORT_LINE, body(LOG, 0, 20))
        answer = connection.getresponse()
        assert answer.headers["Content-Type"] == "text/x.tlog.size"
        assert answer.read() == b"20\n"


def test_anybody_may_ask_what_was_cosigned(address: tuple[str, int], witness: Witness):
    """Size and root, to be compared with a printed record; other pages are none."""
    witness.add_checkpoint(body(LOG, 0, 10))
    with closing(HTTPConnection(*address, timeout=20)) as connection:
        connection.request("GET", "/")
        answer = connection.getresponse().read().decode()
        assert LOG.checkpoint(10).root.hex() in answer
        assert witness.key.verifier.text in answer
        connection.request("GET", "/else")
        assert connection.getresponse().status == 404


@pytest.mark.parametrize(
    ("headers", "path", "status"),
    [
        ({"Content-Length": str(BODY_MAX + 1)}, PORT_LINE, 413),
        ({"Content-Length": "9" * 5000}, PORT_LINE, 413),
        ({"Content-Length": "-1"}, PORT_LINE, 411),
        ({"Content-Length": "٣"}, PORT_LINE, 411),
        ({"Transfer-Encoding": "chunked"}, PORT_LINE, 411),
        ({"Content-Length": "5"}, "/", 404),
        ({"Content-Length": "5", "Transfer-Encoding": "chunked"}, PORT_LINE, 411),
        ({"Content-Length": "5", "content-length": "6"}, PORT_LINE, 411),
    ],
)
def test_what_is_too_long_or_unmeasured_is_not_read(
    address: tuple[str, int], headers: dict[str, str], path: str, status: int
):
    """The answer comes before the body, and the connection ends."""
    with closing(HTTPConnection(*address, timeout=20)) as connection:
        connection.putrequest("POST", path)
        for name, value in headers.items():
            connection.putheader(name, value.encode())
        connection.endheaders()
        answer = connection.getresponse()
        assert answer.status == status
        assert answer.headers["Connection"] == "close"


def test_a_body_that_nobody_reads_is_no_second_request(address: tuple[str, int]):
    """After a GET with a body the connection ends, so that a proxy and the witness agree."""
    hidden = b"GET / HTTP/1.1\r\nHost: x\r\n\r\n"
    with closing(HTTPConnection(*address, timeout=20)) as connection:
        connection.request("GET", "/else", hidden)
        answer = connection.getresponse()
        assert (answer.status, answer.headers["Connection"]) == (404, "close")


def test_half_a_request_is_no_request(address: tuple[str, int], witness: Witness):
    """Who goes away in the middle gets no answer, and nothing is cosigned."""
    sent = body(LOG, 0, 10)
    with socket.create_connection(address, timeout=20) as connection:
        head = f"POST {PORT_LINE} HTTP/1.1\r\nContent-Length: {len(sent) + 1}\r\n\r\n"
        connection.sendall(head.encode() + sent)
        connection.shutdown(socket.SHUT_WR)
        assert connection.recv(100) == b""
    assert witness.store.cosigned() == []


def test_slow_callers_do_not_keep_everybody_else_out(
    address: tuple[str, int], monkeypatch: pytest.MonkeyPatch
):
    """A byte now and then holds each place for its time and no longer."""
    monkeypatch.setattr(Server, "life", 1.0)
    slow = [socket.create_connection(address, timeout=20) for _n in range(CONNECTIONS)]
    try:
        for connection in slow:
            connection.sendall(b"POST ")
        with closing(HTTPConnection(*address, timeout=8)) as connection:
            assert post(connection, body(LOG, 0, 10))[0] == 200
    finally:
        for connection in slow:
            connection.close()


def forks(size: int) -> tuple[Log, Log]:
    """Return two logs that agree up to a size and on nothing after it."""
    return LOG, Log(LOG.entries[:size] + [b"fork %d" % n for n in range(400 - size)])


def race(witness: Witness, rounds: int) -> int:
    """Let four callers ask at once, two for each of two histories; return how often both won."""
    both, chance = 0, Random(3)
    for number in range(rounds):
        at = witness.store.cosigned()[0].checkpoint.size if witness.store.cosigned() else 0
        true, false = forks(at)
        barrier = Barrier(4)
        asked = [body(log, at, at + chance.randrange(1, 4)) for log in (true, false, true, false)]

        def ask(sent: bytes, barrier: Barrier = barrier) -> int:
            barrier.wait()
            return witness.add_checkpoint(sent).status

        with ThreadPoolExecutor(4) as pool:
            told = list(pool.map(ask, asked))
        won = [n % 2 for n, status in enumerate(told) if status == 200]
        assert won, told
        both += len(set(won)) > 1
        if set(won) != {0} or at > 380:
            forget(witness)
        assert number < rounds
    return both


def forget(witness: Witness) -> None:
    """Begin again with an empty memory, for the next round only."""
    import sqlite3

    with closing(sqlite3.connect(witness.store._path)) as connection:
        connection.execute("DELETE FROM cosigned")
        connection.execute("DELETE FROM refused")
        connection.commit()


def test_of_two_histories_at_once_one_is_cosigned(witness: Witness):
    """Four callers, two histories, many rounds: never both, so nothing is ever rolled back."""
    assert race(witness, ROUNDS) == 0


class Careless(Store):
    """The control: it reads and writes without keeping others out in between."""

    @contextmanager
    def transaction(self) -> Iterator[Memory]:
        """Give the records to everybody."""
        with closing(self._open()) as connection:
            yield Memory(connection)


def test_without_the_lock_both_would_be_cosigned(witness: Witness, home: Path):
    """The harness finds the fault that it looks for."""
    careless = Witness(witness.key, list(witness._logs[LOG.origin]), Careless(home))
    assert race(careless, 40) > 0


class Mortal(Key):
    """A key that dies after the checkpoint was remembered and before anybody hears of it."""

    def line(self, text: str, at: int) -> str:
        """Kill the process."""
        os.kill(os.getpid(), signal.SIGKILL)
        return ""


def test_death_between_remembering_and_answering_loses_nothing(home: Path):
    """The log asks again, is told the size, and gets its cosignature; a fork gets none."""
    child = os.fork()
    if child == 0:
        witness = at_home(home)
        witness.key = Mortal(witness.key.name, witness.key.private)
        witness.add_checkpoint(body(LOG, 0, 30))
        os._exit(0)
    assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == -signal.SIGKILL
    again = at_home(home)
    assert again.add_checkpoint(body(LOG, 0, 30)).body == "30\n"
    assert again.add_checkpoint(body(Log.of(30, "x"), 30, 30)).status == 409
    assert again.add_checkpoint(body(LOG, 30, 30)).status == 200


def serving(home: Path) -> tuple[subprocess.Popen[str], tuple[str, int]]:
    """Start the command as an office does."""
    process = subprocess.Popen(
        [*COMMAND, "--home", str(home), "--bind", "127.0.0.1:0"],
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    )
    assert process.stdout is not None
    line = process.stdout.readline()
    host, port = line.removeprefix("http://").removesuffix("/add-checkpoint\n").split(":")
    return process, (host, int(port))


def test_killed_at_any_moment_it_remembers_what_it_said(home: Path):
    """Each acknowledged size stands after the restart, and the log goes on from what is told."""
    chance, said = Random(11), 0
    for _cycle in range(KILLS):
        process, address = serving(home)
        timer = Timer(0.05 + chance.random() / 3, process.kill)
        timer.start()
        with closing(HTTPConnection(*address, timeout=20)) as connection:
            try:
                status, text = post(connection, body(LOG, 0, 1))
                at = int(text) if status == 409 else 1
                assert at >= said
                while at < 399:
                    status, _text = post(connection, body(LOG, at, at + 1))
                    assert status == 200
                    at += 1
                    said = at
            except (OSError, HTTPException):
                pass
        timer.join()
        process.wait()
        assert process.stdout is not None
        process.stdout.close()
        stands = at_home(home).store.cosigned()[0].checkpoint
        assert stands.size >= said
        assert stands == LOG.checkpoint(stands.size)
    assert said > 1
