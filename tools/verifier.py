"""Make build/fairdraw.pyz: the verifier as one file that any Python 3.9 or newer runs."""

from __future__ import annotations

import zipfile
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
MAIN = b"from fairdraw.cli import entry\n\nentry()\n"


def main() -> None:
    """Write the archive; its bytes depend on nothing but the sources."""
    target = ROOT / "build" / "fairdraw.pyz"
    target.parent.mkdir(exist_ok=True)
    files = {
        f"fairdraw/{path.name}": path.read_bytes()
        for path in sorted((ROOT / "src" / "fairdraw").glob("*.py"))
    }
    with target.open("wb") as stream:
        stream.write(b"#!/usr/bin/env python3\n")
        with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as archive:
            for name, data in [("__main__.py", MAIN), *files.items()]:
                archive.writestr(zipfile.ZipInfo(name, (1980, 1, 1, 0, 0, 0)), data)
    target.chmod(0o755)
    print(target.relative_to(ROOT))  # the one line a caller wants


if __name__ == "__main__":
    main()
