"""Crawl the portal of one database in its own settings; print every address and what is there."""

from __future__ import annotations

import io
import json
import re
import sys
import zipfile

import django

django.setup()

from django.test import Client  # noqa: E402  # after setup

LINK = re.compile(r'(?:href|src|action)="(/[^"#]*)"')


def text_of(content: bytes) -> str:
    """Return content as text; an archive as the text of its files."""
    if content[:4] == b"PK\x03\x04":
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            return "\n".join(name + archive.read(name).decode() for name in archive.namelist())
    return content.decode(errors="replace")


def crawl(codes: list[str]) -> dict[str, str]:
    """Follow every link from the home page; open a receipt with each code."""
    client, waiting, found = Client(), ["/", "/search/?q=CANARY", "/search/?q=市"], {}
    while waiting:
        path = waiting.pop()
        if path in found or path.startswith("/static/"):
            continue
        answer = client.get(path)
        content = b"".join(answer.streaming_content) if answer.streaming else answer.content
        found[path] = text_of(content)
        if answer["Content-Type"].startswith("text/html"):
            waiting += [link.replace("&amp;", "&") for link in LINK.findall(found[path])]
        if answer.status_code in (301, 302):
            waiting.append(answer["Location"])
    for number, code in enumerate(codes):
        for path in ("/receipt/", "/receipt/file/"):
            answer = client.post(path, {"code": code})
            found[f"{path} {number}"] = text_of(answer.content).replace(code, "")
    return found


if __name__ == "__main__":
    sys.stdout.write(json.dumps(crawl(json.load(sys.stdin))))
