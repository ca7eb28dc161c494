"""The digests beside a bundle (校验码清单), in the format of ``sha256sum --check``.

What no digest of the protocol binds, as the reason of a replacement, is bound by this list.
"""

from __future__ import annotations

import re
from typing import Dict, List, Mapping

from fairdraw.errors import BadText
from fairdraw.lines import file_digest, split_lines
from fairdraw.report import Check, check

FILE = "SHA256SUMS"
KNOWN = re.compile(
    r"((announcement|roster|opening|result|void|outcome|public)\.vdr"
    r"|frame-[A-Za-z0-9._:+-]{1,64}\.vdr"
    r"|(replace|rematch)-[1-9][0-9]{0,9}\.vdr"
    r"|docs/[A-Za-z0-9._:+-]{1,64}"
    r"|SHA256SUMS)\Z"
)
_LINE = re.compile(rb"([0-9a-f]{64})  ([\x21-\x7e]+)\Z")


def sealed(files: Mapping[str, bytes]) -> Dict[str, bytes]:
    """Return the files with their list of digests (附校验码清单)."""
    own = {name: data for name, data in files.items() if name != FILE}
    text = "".join(
        f"{file_digest(own[name])}  {name}\n" for name in sorted(own) if KNOWN.match(name)
    )
    return {**own, FILE: text.encode("utf-8")}


def parse(data: bytes) -> Dict[str, str]:
    """Return name to digest of such a list (读取校验码清单).

    raises    BadText with file and line
    """
    found: Dict[str, str] = {}
    for number, line in enumerate(split_lines(data, FILE), start=1):
        match = _LINE.match(line)
        name = match[2].decode("ascii") if match else ""
        if match is None or name in found:
            raise BadText("not a line of digests, or a file twice", file=FILE, line=number)
        found[name] = match[1].decode("ascii")
    return found


def checks(files: Mapping[str, bytes]) -> List[Check]:
    """Compare every file with the list (核对校验码清单); a bundle need not have one."""
    if FILE not in files:
        return []
    made: List[Check] = []
    listed = parse(files[FILE])
    for line, (name, digest) in enumerate(listed.items(), start=1):
        if name not in files:
            made.append(
                check(
                    "list",
                    False,
                    "{listed} is missing from the bundle",
                    listed=name,
                    file=FILE,
                    line=line,
                )
            )
        elif file_digest(files[name]) != digest:
            made.append(
                check(
                    "list",
                    False,
                    "digest is {found}, announced is {digest}",
                    found=file_digest(files[name]),
                    digest=digest,
                    file=name,
                )
            )
    for name in sorted(set(files) - set(listed) - {FILE}):
        made.append(check("list", None, "came later than the list of digests", file=name))
    if all(one.ok is not False for one in made):
        made.append(check("list", True, "all {n} digests agree", n=len(listed), file=FILE))
    return made
