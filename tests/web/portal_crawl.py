"""Crawl the portal of one database in its own settings; print every address and what is there."""

from __future__ import annotations

import io
import json
import logging
import re
import sys
from pathlib import Path
from urllib.parse import quote, urlencode

import django

django.setup()

from archives import text_of  # noqa: E402  # beside this program
from django.conf import settings  # noqa: E402  # after setup
from django.contrib.staticfiles import finders  # noqa: E402  # after setup
from django.test import Client  # noqa: E402  # after setup
from hostile import HOSTILE  # noqa: E402  # beside this program

from fairdraw.note import parse_checkpoint, parse_note  # noqa: E402
from fairdraw.tiles import Tile, tiles_of  # noqa: E402

LINK = re.compile(r'(?:href|src|action)="(/[^"#]*)"')


class Lines(logging.Handler):
    """Keeps every line that the server would write."""

    def __init__(self) -> None:
        super().__init__(logging.DEBUG)
        self.said: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        """Keep a line with its traceback, as a file would."""
        self.said.append(self.format(record))


def failures() -> dict[str, str]:
    """Return every error page of the site as the public reads it: 400, 403, 404, 405, 500."""
    from openlot.portal import views  # after setup

    client = Client(raise_request_exception=False)
    strict = Client(enforce_csrf_checks=True)
    answers = {
        "400": client.get("/", headers={"host": "evil.example.org"})
        if "*" not in settings.ALLOWED_HOSTS
        else client.post("/receipt/", {f"f{n}": io.BytesIO(b"x") for n in range(30)}),
        "403": strict.post("/receipt/", {"code": "x"}),
        "404": client.get("/records/nothing/"),
        "405": client.post("/search/", {"q": "CANARY"}),
    }
    kept, views.search = views.search, lambda words: 1 / 0
    answers["500"] = client.get("/search/", {"q": "x"})
    views.search = kept
    assert {name: a.status_code for name, a in answers.items()} == {
        name: int(name) for name in answers
    }
    return {f"error {name}": text_of(a.content) + str(a.headers) for name, a in answers.items()}


def static_files() -> dict[str, str]:
    """Return every static file of the site as text."""
    return {
        f"static {path}": Path(storage.path(path)).read_text(errors="replace")
        for finder in finders.get_finders()
        for path, storage in finder.list([])
    }


def log_files(client: Client) -> list[str]:
    """Return the addresses of all tiles and entry bundles of the log."""
    answer = client.get("/log/checkpoint")
    if answer.status_code == 404:
        return []
    size = parse_checkpoint(parse_note(answer.content).text).size
    tiles = list(tiles_of(size))
    bundles = [Tile(None, tile.number, tile.width) for tile in tiles if tile.level == 0]
    return [f"/log/{tile.path}" for tile in (*tiles, *bundles)]


def crawl(codes: list[str]) -> dict[str, str]:
    """Follow every link from the home page; open a receipt with each code."""
    client, found = Client(), {}
    waiting = ["/", "/search/?q=CANARY", "/search/?q=市", *log_files(client)]
    while waiting:
        path = waiting.pop()
        if path in found or path.startswith("/static/"):
            continue
        answer = client.get(path)
        content = b"".join(answer.streaming_content) if answer.streaming else answer.content
        found[path] = text_of(content)
        found[f"headers {path}"] = str(answer.headers) + str(answer.cookies)
        if answer["Content-Type"].startswith("text/html"):
            waiting += [link.replace("&amp;", "&") for link in LINK.findall(found[path])]
        if answer.status_code in (301, 302):
            waiting.append(answer["Location"])
    for number, code in enumerate(codes):
        for path in ("/receipt/", "/receipt/file/"):
            answer = client.post(path, {"code": code})
            found[f"{path} {number}"] = text_of(answer.content).replace(code, "")
    return found


def strange(pages: list[str]) -> list[str]:
    """Return which hostile addresses and forms break the site."""
    client, broken = Client(raise_request_exception=False), []
    record = next(page for page in pages if page.startswith("/records/") and page.count("/") == 3)
    number = record.split("/")[2]
    for word in HOSTILE:
        query = urlencode(dict.fromkeys(("q", "page", "year", "size", "root"), word))
        part = quote(word, safe="")
        asked = [f"/{page}?{query}" for page in ("", "search/", "lists/item/", "ledger/", "log/")]
        asked += [f"/{page}/{part}/" for page in ("draws", "lists", "records", "verify")]
        asked += [f"/log/{page}/{part}" for page in ("tile", "checkpoints", f"check/{number}")]
        asked += [f"{record}files/{part}", f"{record}log/{part}.tlog-proof"]
        asked += [f"/log/check/{number}/{part}/"]
        broken += [path for path in asked if client.get(path).status_code >= 500]
        for path in ("/receipt/", "/receipt/file/", "/i18n/setlang/"):
            typed = dict.fromkeys(("code", "fid", "language", "next"), word)
            if client.post(path, typed).status_code >= 500:
                broken.append(f"{path} {word[:20]!r}")
    return broken


if __name__ == "__main__":
    lines = Lines()
    logging.getLogger().addHandler(lines)
    for name in ("django", "django.request", "django.server", "django.security"):
        logging.getLogger(name).addHandler(lines)
    pages = {**crawl(json.load(sys.stdin)), **failures(), **static_files()}
    pages["broken"] = "\n".join(strange(list(pages)))
    sys.stdout.write(json.dumps({**pages, "log": "\n".join(lines.said)}))
