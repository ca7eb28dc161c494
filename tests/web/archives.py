"""What a file says, whatever it is packed in."""

from __future__ import annotations

import io
import zipfile


def text_of(content: bytes) -> str:
    """Return content as text; an archive as the text of its files."""
    if content[:4] == b"PK\x03\x04":
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            return "\n".join(name + archive.read(name).decode() for name in archive.namelist())
    return content.decode(errors="replace")
