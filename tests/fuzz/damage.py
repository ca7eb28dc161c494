"""Files as somebody careless or sly would leave them: a byte, a field or a line is not what it was."""

from __future__ import annotations

from random import Random

from unit.fairdraw import draws

KINDS = ("announcement", "frame", "roster", "opening", "result", "void", "replace", "rematch")
KINDS += ("outcome", "public", "receipt", "SHA256SUMS")
ODD = ("-", "", "0", "00", "01", "-1", "1", "64", "65", "2147483647", "2147483648", "9" * 40)
ODD += ("E", "X01", "X10", "vdr1", "end", "all", "fixed:1", "fixed:x", "ratio:1/0:up", "ratio:1/2")
ODD += ("commit", "digits", "numbers", "chain", "drand", "9-0:4", "1:" + "0" * 64, "0" * 64)
ODD += ("lead+lead", "special+lead", "+", "@need", "a b", "A" * 64, "A" * 65, "é", "\u0663", "\t")
ODD += ("\u00a0", "2026-02-29", "2026-12-01T24:00:00+08:00", "sm3", "any", "hit", "__proto__", "..")
ODD += ("constructor", "toString", "NaN", "1e3", "0x1", "\x00", "%s", "{file}", "{", "T1", "V9")
ENDINGS = (b" ", b"\r", b"|", b"\xc2\xa0", b"+", b"\x00", b"\xff", b"||", b"\n")


def kind_of(name: str) -> str:
    """Return the kind of a file by its name."""
    return name.removesuffix(".vdr").split("-")[0]


def damaged(chance: Random, data: bytes) -> bytes:
    """Change a file one to three times."""
    for _ in range(chance.choice((1, 1, 1, 2, 3))):
        act = chance.choice((_byte, _field, _field, _field, _line, _piece))
        data = act(chance, data)
    return data


def _byte(chance: Random, data: bytes) -> bytes:
    """Another byte, one less or one more."""
    at = chance.randrange(len(data) + 1)
    put = bytes([chance.randrange(256)])
    return data[:at] + chance.choice((put, b"", put + data[at : at + 1])) + data[at + 1 :]


def _field(chance: Random, data: bytes) -> bytes:
    """Another field, one less or one more."""
    lines = data.split(b"\n")
    at = chance.randrange(len(lines))
    fields = lines[at].split(b"|")
    other = chance.randrange(len(fields))
    word = chance.choice(ODD).encode()
    near = chance.choice(chance.choice(lines).split(b"|"))
    act = chance.randrange(5)
    if act == 0:
        del fields[other]
    elif act == 1:
        fields.insert(other, chance.choice((word, near)))
    elif act == 2:
        fields[other] = fields[other].swapcase()
    else:
        fields[other] = chance.choice((word, word, near))
    lines[at] = b"|".join(fields)
    return b"\n".join(lines)


def _line(chance: Random, data: bytes) -> bytes:
    """Another order of lines, one less, one twice, or one with something at its end."""
    lines = data.split(b"\n")
    at, other = chance.randrange(len(lines)), chance.randrange(len(lines))
    act = chance.randrange(4)
    if act == 0:
        del lines[at]
    elif act == 1:
        lines.insert(other, lines[at])
    elif act == 2:
        lines[at], lines[other] = lines[other], lines[at]
    else:
        lines[at] += chance.choice(ENDINGS)
    return b"\n".join(lines)


def _piece(chance: Random, data: bytes) -> bytes:
    """The beginning or the end alone, a piece twice, or nothing."""
    start, end = sorted(chance.randrange(len(data) + 1) for _ in range(2))
    return chance.choice((data[:end], data[start:], data[:end] + data[start:], b""))


def damaged_bundles(number: int) -> list[tuple[str, str, draws.Files]]:
    """Return copies of the published vectors with one damaged file each: vector, file, files.

    Where a list of digests would give the damage away at once, it is left out in half of them.
    """
    chance = Random(number)
    made = []
    for vector in sorted(draws.VECTORS):
        whole = {name: data for name, data in draws.vector(vector).items() if name != RECEIPT}
        for name in sorted(whole):
            files = dict(whole)
            if name != SUMS and chance.random() < 0.5:
                del files[SUMS]
            files[name] = damaged(chance, files[name])
            made.append((vector, name, files))
    return made


RECEIPT, SUMS = "receipt.vdr", "SHA256SUMS"
