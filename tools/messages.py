"""Keep the message catalogues: collect the texts, compile them, and say what is not translated.

Babel reads Python and Django's own lexer reads the templates, so no system gettext is needed.

    messages.py            compile every catalogue that is newer than its compiled form
    messages.py collect    bring each catalogue up to date with the source
    messages.py check      exit 1 when a catalogue is stale or has a gap
"""

from __future__ import annotations

import ast
import re
import sys
from collections.abc import Iterator
from io import BytesIO
from pathlib import Path

from babel.messages.catalog import Catalog, Message
from babel.messages.extract import extract_python
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po
from django.conf import settings
from django.utils.translation.template import templatize

PACKAGE = Path(__file__).resolve().parent.parent / "src" / "openlot"
LOCALE = PACKAGE / "locale"
KEYWORDS = (
    "_",
    "gettext",
    "gettext_lazy",
    "gettext_noop",
    "ngettext",
    "ngettext_lazy",
    "pgettext",
    "pgettext_lazy",
)
PLACEHOLDER = re.compile(r"%\(\w+\)[sd]|\{\w*\}|%[sd]")


def main(command: str = "compile") -> int:
    """Run one of the three commands; return the exit status."""
    if command == "collect":
        for source in sources():
            _save(source, fresh(source))
        return 0
    if command == "check":
        findings = [line for source in sources() for line in gaps(source)]
        print("\n".join(findings) or "messages: complete")
        return bool(findings)
    for source in sources():
        _compile(source)
    return 0


def sources() -> list[Path]:
    """Every catalogue of the product."""
    return sorted(LOCALE.glob("*/LC_MESSAGES/*.po"))


def texts() -> Catalog:
    """Every text of the code and the templates, once, without places (they only make noise)."""
    catalogue = Catalog(charset="utf-8")
    for path in sorted(PACKAGE.rglob("*")):
        if path.suffix not in {".py", ".html", ".txt"} or "locale" in path.parts:
            continue
        if path.suffix != ".py" and "templates" not in path.parts:
            continue
        for found, context in _extract(path):
            catalogue.add(found, context=context)
    return catalogue


def _extract(path: Path) -> Iterator[tuple[str | tuple[str, ...], str | None]]:
    body = path.read_text(encoding="utf-8")
    for function, found in _of_code(body) if path.suffix == ".py" else _of_template(body):
        context, words = (found[0], found[1:]) if "pgettext" in function else (None, found)
        if not words or not words[0]:
            continue
        yield (words[:2] if function.startswith("ngettext") else words[0]), context


def _of_code(body: str) -> Iterator[tuple[str, tuple[str, ...]]]:
    """The tree, not the tokens: a call inside an f-string counts too."""
    for node in ast.walk(ast.parse(body)):
        if not isinstance(node, ast.Call):
            continue
        name = getattr(node.func, "id", getattr(node.func, "attr", ""))
        if name in KEYWORDS:
            words = (arg.value for arg in node.args if isinstance(arg, ast.Constant))
            yield name, tuple(word for word in words if isinstance(word, str))


def _of_template(body: str) -> Iterator[tuple[str, tuple[str, ...]]]:
    if not settings.configured:
        settings.configure()
    python = str(templatize(body)).encode()
    for _line, name, found, _comments in extract_python(
        BytesIO(python), KEYWORDS, [], {"encoding": "utf-8"}
    ):
        parts = found if isinstance(found, tuple) else (found,)
        yield name, tuple(part for part in parts if isinstance(part, str))


def fresh(source: Path) -> Catalog:
    """The catalogue with exactly the texts of today, its translations kept."""
    with source.open("rb") as stream:
        old = read_po(stream, locale=source.parent.parent.name)
    known = {(m.context, _key(m)): m.string for m in old if m.id}
    new = Catalog(locale=old.locale, project="OpenLot", version="1", charset="utf-8", fuzzy=False)
    new.creation_date = old.creation_date
    new.revision_date = old.revision_date
    new.last_translator = new.language_team = new.msgid_bugs_address = ""
    new.header_comment = "# OpenLot: " + str(old.locale)
    for message in texts():
        if message.id:
            string = known.get((message.context, _key(message)), "")
            new.add(message.id, string or None, context=message.context)
    return new


def _key(message: Message) -> str:
    return message.id if isinstance(message.id, str) else message.id[0]


def gaps(source: Path) -> Iterator[str]:
    """What keeps a catalogue from being complete, a line each."""
    name = source.relative_to(LOCALE)
    with source.open("rb") as stream:
        old = read_po(stream)
    new = fresh(source)
    today = {(m.context, _key(m)) for m in new if m.id}
    for message in old:
        if message.id and (message.context, _key(message)) not in today:
            yield f"{name}: no longer in the source: {_key(message)!r}"
    for message in new:
        if not message.id:
            continue
        strings = message.string if isinstance(message.string, tuple) else (message.string,)
        if not all(strings):
            yield f"{name}: not translated: {_key(message)!r}"
        elif any(
            sorted(PLACEHOLDER.findall(one)) != sorted(PLACEHOLDER.findall(_key(message)))
            for one in strings
        ):
            yield f"{name}: placeholders differ: {_key(message)!r}"


def _save(source: Path, catalogue: Catalog) -> None:
    buffer = BytesIO()
    write_po(buffer, catalogue, width=100, no_location=True, sort_output=True)
    source.write_bytes(buffer.getvalue())


def _compile(source: Path) -> None:
    target = source.with_suffix(".mo")
    if target.exists() and target.stat().st_mtime >= source.stat().st_mtime:
        return
    with source.open("rb") as stream:
        catalogue = read_po(stream)
    with target.open("wb") as stream:
        write_mo(stream, catalogue)


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:2]))
