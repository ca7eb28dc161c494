"""Run the tests on SQLite, on a throw-away PostgreSQL and in the real browser."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
# One order for everybody, so that a red run can be run again; ORDER tries another one.
SHUFFLED = f"--randomly-seed={os.environ.get('ORDER', '1')}"
PYTEST = [sys.executable, "-m", "pytest", "-q"]
BINARIES = (Path("/usr/lib/postgresql/15/bin"), Path("/usr/local/bin"))
OWNER = "nobody"
SUMDB = Path("/usr/share/gocode/src/golang.org/x/mod/sumdb")


def say(text: str) -> None:
    """Tell what happens."""
    sys.stdout.write(text + "\n")
    sys.stdout.flush()


def install(*packages: str) -> None:
    """Install Debian packages when root, else say exactly what is missing."""
    if os.geteuid() != 0:
        sys.exit(f"Please install: apt-get install -y {' '.join(packages)}")
    quiet = {"stdout": subprocess.DEVNULL}
    subprocess.run(["apt-get", "update", "-qq"], check=True, **quiet)
    environment = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    subprocess.run(
        ["apt-get", "install", "-y", "-qq", *packages], check=True, env=environment, **quiet
    )


def postgresql() -> Path:
    """Return the folder of initdb and pg_ctl, installing PostgreSQL 15 when it is missing."""
    for _attempt in range(2):
        for folder in BINARIES:
            if (folder / "initdb").exists() and (folder / "postgres").exists():
                return folder
        install("postgresql-15")
    sys.exit("PostgreSQL 15 could not be installed")


def need_browser() -> None:
    """Make sure that Chromium and a Chinese font are there."""
    if not shutil.which("chromium"):
        install("chromium", "fonts-noto-cjk")


def need_java() -> None:
    """Make sure that Java is there, which Apache Spark runs on."""
    if not shutil.which("java"):
        install("default-jre-headless")


def need_go() -> None:
    """Make sure that Go and its checksum database's packages are there, which judge our log."""
    if not shutil.which("go") or not SUMDB.exists():
        install("golang-go", "golang-golang-x-mod-dev")


def as_owner(*command: str) -> list[str]:
    """Return a command to run without root's rights, which PostgreSQL refuses."""
    if os.geteuid() != 0:
        return list(command)
    return ["setpriv", "--reuid", OWNER, "--regid", "nogroup", "--clear-groups", *command]


@contextmanager
def cluster(*, durable: bool = False) -> Iterator[str]:
    """Start a throw-away cluster on a socket and yield its address; ``durable`` waits for the disk."""
    binaries = postgresql()
    folder = Path(tempfile.mkdtemp(prefix="openlot-pg-"))
    if os.geteuid() == 0:
        shutil.chown(folder, OWNER, "nogroup")
    data = folder / "data"
    run = {"check": True, "cwd": folder, "stdout": subprocess.DEVNULL}
    subprocess.run(
        as_owner(
            str(binaries / "initdb"),
            "-D",
            str(data),
            "-U",
            "openlot",
            "-A",
            "trust",
            "-E",
            "UTF8",
            "--locale=C.UTF-8",
        ),
        **run,
    )
    options = f"-k {folder} -c listen_addresses='' -c fsync={'on' if durable else 'off'}"
    subprocess.run(
        as_owner(
            str(binaries / "pg_ctl"),
            "-D",
            str(data),
            "-w",
            "-o",
            options,
            "-l",
            str(folder / "log"),
            "start",
        ),
        **run,
    )
    try:
        yield f"postgresql://openlot@/postgres?host={folder}"
    finally:
        subprocess.run(
            as_owner(str(binaries / "pg_ctl"), "-D", str(data), "-m", "immediate", "stop"), **run
        )
        shutil.rmtree(folder, ignore_errors=True)


def run(title: str, *arguments: str, **environment: str) -> bool:
    """Run one part of the tests and say how it ended."""
    say(f"== {title}")
    done = subprocess.run(
        [*PYTEST, *arguments], cwd=ROOT, check=False, env={**os.environ, **environment}
    )
    return done.returncode == 0


def main() -> None:
    """Run all parts; any failure fails the whole."""
    need_browser()
    good = run("SQLite", "-n", "2", SHUFFLED, "-m", "not browser", "tests")
    with cluster() as address:
        good &= run(
            "PostgreSQL",
            "-n",
            "2",
            SHUFFLED,
            "-m",
            "not browser",
            "tests/services",
            "tests/web",
            "tests/races",
            "tests/faults",
            "tests/peers/test_engines.py",
            DATABASE_URL=address,
        )
    # Both sites are one city that every journey changes: in the order of the files, links last.
    good &= run("browser", "-p", "no:randomly", "-m", "browser", "tests/browser")
    sys.exit(0 if good else 1)


if __name__ == "__main__":
    main()
