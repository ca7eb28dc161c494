"""What a file says, whatever it is packed in."""

from __future__ import annotations

import io
import zipfile

from fairdraw.logproof import parse_log_proof

PROOF = b"c2sp.org/tlog-proof@v1\n"


def text_of(content: bytes) -> str:
    """Return content as text; an archive as the text of its files, a proof with what it opens."""
    if content[:4] == b"PK\x03\x04":
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            return "\n".join(name + archive.read(name).decode() for name in archive.namelist())
    if content.startswith(PROOF):
        return content.decode() + parse_log_proof(content).extra.decode(errors="replace")
    return content.decode(errors="replace")
