"""Make build/fairdraw.pyz: the verifier as one file, the same that the portal hands out."""

from __future__ import annotations

import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT / "src"))

from openlot.portal.verifier import NAME, archive  # noqa: E402  # found only by the line above


def main() -> None:
    """Write the archive; its bytes depend on nothing but the sources."""
    target = ROOT / "build" / NAME
    target.parent.mkdir(exist_ok=True)
    target.write_bytes(archive())
    target.chmod(0o755)
    print(target.relative_to(ROOT))  # the one line a caller wants


if __name__ == "__main__":
    main()
