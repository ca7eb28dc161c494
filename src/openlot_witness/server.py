"""The witness's server (见证服务): small, bounded, behind a proxy that speaks TLS."""

from __future__ import annotations

import sqlite3
import sys
from contextlib import suppress
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from socket import SHUT_RDWR, socket
from threading import BoundedSemaphore, Timer
from typing import Any

from openlot_witness.report import report
from openlot_witness.witness import BODY_MAX, Answer, Witness

CONNECTIONS = 64
SECONDS = 10
LIFE = 60.0  # of a connection as a whole: a byte now and then keeps no place for ever
PATH = "/add-checkpoint"


class Server(ThreadingHTTPServer):
    """Answers a bounded number of callers at once (见证服务)."""

    daemon_threads = True
    request_queue_size = CONNECTIONS
    life = LIFE

    def __init__(self, address: tuple[str, int], witness: Witness) -> None:
        self.witness = witness
        self._free = BoundedSemaphore(CONNECTIONS)
        super().__init__(address, Handler)

    def process_request(self, request: socket | tuple[bytes, socket], client_address: Any) -> None:
        """Answer in a thread of its own (逐个应答), once one of the places is free."""
        self._free.acquire()
        super().process_request(request, client_address)

    def process_request_thread(
        self, request: socket | tuple[bytes, socket], client_address: Any
    ) -> None:
        """Answer, then free the place (释放名额); whoever takes too long is cut off."""
        end = Timer(self.life, _cut_off, [request])
        end.daemon = True
        end.start()
        try:
            super().process_request_thread(request, client_address)
        finally:
            end.cancel()
            self._free.release()

    def handle_error(self, request: socket | tuple[bytes, socket], client_address: Any) -> None:
        """Say in one line that a caller has gone (连接中断)."""
        sys.stderr.write(f"{client_address[0]}: {sys.exc_info()[1]}\n")


def _cut_off(connection: socket) -> None:
    with suppress(OSError):
        connection.shutdown(SHUT_RDWR)


class Handler(BaseHTTPRequestHandler):
    """Reads one request after the other (请求处理) of a connection."""

    server: Server
    protocol_version = "HTTP/1.1"
    server_version = "openlot-witness"
    sys_version = ""
    timeout = SECONDS

    def do_GET(self) -> None:
        """Show what was cosigned (查看见证), so that anybody can ask."""
        if self._measures():
            self.close_connection = True  # a body that nobody reads would be taken for a request
        if self.path != "/":
            self._answer(Answer(HTTPStatus.NOT_FOUND, "no such page\n"))
            return
        self._answer(Answer(HTTPStatus.OK, report(self.server.witness)))

    def do_POST(self) -> None:
        """Cosign a checkpoint, or refuse it (处理见证请求)."""
        length = self._measures()
        if not (length.isascii() and length.isdigit()):
            self._close(Answer(HTTPStatus.LENGTH_REQUIRED, "say how long the request is\n"))
        elif len(length) > len(str(BODY_MAX)) or int(length) > BODY_MAX:
            self._close(Answer(HTTPStatus.REQUEST_ENTITY_TOO_LARGE, "the request is too large\n"))
        elif self.path != PATH:
            self._close(Answer(HTTPStatus.NOT_FOUND, "no such page\n"))
        else:
            self._read(int(length))

    def _read(self, length: int) -> None:
        data = self.rfile.read(length)
        if len(data) < length:
            self.close_connection = True  # the caller has gone in the middle of its request
        else:
            self._answer(self._decided(data))

    def _measures(self) -> str:
        """Return how long the body is said to be: nothing where it is said twice or in pieces."""
        said = self.headers.get_all("Content-Length", [])
        if self.headers.get_all("Transfer-Encoding"):
            said.append("in pieces")
        return ",".join(said)

    def _decided(self, data: bytes) -> Answer:
        try:
            return self.server.witness.add_checkpoint(data)
        except sqlite3.OperationalError as error:
            # A full disk or a lock that is held too long: nothing was cosigned, ask again.
            sys.stderr.write(f"{error}\n")
            return Answer(HTTPStatus.SERVICE_UNAVAILABLE, "not now\n")

    def _close(self, answer: Answer) -> None:
        """Answer without having read the body, after which the connection is of no use."""
        self.close_connection = True
        self._answer(answer)

    def _answer(self, answer: Answer) -> None:
        data = answer.body.encode("utf-8")
        self.send_response(answer.status)
        self.send_header("Content-Type", answer.media_type)
        self.send_header("Content-Length", str(len(data)))
        self.send_header("X-Content-Type-Options", "nosniff")
        if self.close_connection:
            self.send_header("Connection", "close")
        self.end_headers()
        self.wfile.write(data)

    def log_message(self, format: str, *arguments: Any) -> None:  # the base's name
        """Write one line per request (记录请求)."""
        sys.stderr.write(f"{self.address_string()} {format % arguments}\n")
