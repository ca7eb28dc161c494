"""The single-file verifier (单文件核验程序) that the portal hands out."""

from __future__ import annotations

import io
import zipfile
from functools import cache
from importlib.resources import files

MAIN = b"from fairdraw.cli import entry\n\nentry()\n"
NAME = "fairdraw.pyz"


@cache
def archive() -> bytes:
    """Return the verifier as one file (单文件核验程序) that any Python 3.9 or newer runs.

    Its bytes depend on nothing but the sources.
    """
    sources = {
        f"fairdraw/{path.name}": path.read_bytes()
        for path in files("fairdraw").iterdir()
        if path.name.endswith(".py")
    }
    stream = io.BytesIO(b"#!/usr/bin/env python3\n")
    stream.seek(0, io.SEEK_END)
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as made:
        for name, data in [("__main__.py", MAIN), *sorted(sources.items())]:
            entry = zipfile.ZipInfo(name, (1980, 1, 1, 0, 0, 0))
            made.writestr(entry, data, zipfile.ZIP_DEFLATED)
    return stream.getvalue()
