"""Run all measurements, print the table and write build/bench.json."""

from __future__ import annotations

import json
import os
import sys
from dataclasses import asdict
from pathlib import Path
from types import ModuleType

from bench import backup, draws, engines, matching, platform, searching, trail

TARGET = Path(__file__).resolve().parent.parent / "build" / "bench.json"


PARTS = {
    "draws": draws,
    "matching": matching,
    "engines": engines,
    "platform": platform,
    "trail": trail,
    "backup": backup,
    "searching": searching,
}


def chosen() -> list[ModuleType]:
    """Return the parts to measure: all, or those that ``BENCH_PARTS`` names."""
    names = os.environ.get("BENCH_PARTS", ",".join(PARTS))
    return [PARTS[name] for name in names.split(",")]


def main() -> None:
    """Measure, print, write; each figure is printed as soon as it is known."""
    found = []
    for part in chosen():
        for row in part.rows():
            found.append(row)
            beside = f"{row.ratio:6.2f} × {row.baseline}" if row.ratio is not None else ""
            sys.stdout.write(f"{row.name:48} {row.median_s:9.3f} s  {beside}\n")
            sys.stdout.flush()
            TARGET.parent.mkdir(exist_ok=True)
            TARGET.write_text(json.dumps([asdict(r) for r in found], ensure_ascii=False, indent=1))


if __name__ == "__main__":
    main()
