"""The command ``openlot`` (平台命令): the platform's acts from the shell."""

from __future__ import annotations

import os
import sys

from django.core.management import execute_from_command_line

TWO_WORDS = {("import", "targets"): "import_targets"}


def main() -> None:
    """Run a command (命令入口): words joined by hyphens or spaces, refusals in words, exit 2."""
    os.environ.setdefault(
        "DJANGO_SETTINGS_MODULE", os.environ.get("OPENLOT_SETTINGS", "openlot.settings.demo")
    )
    words = sys.argv[1:]
    joined = TWO_WORDS.get(tuple(words[:2]))  # type: ignore[arg-type]  # two words or fewer
    if joined:
        words = [joined, *words[2:]]
    elif words:
        words = [words[0].replace("-", "_"), *words[1:]]
    _run(words)


def _run(words: list[str]) -> None:
    from openlot.kernel.errors import DomainError  # noqa: PLC0415  # settings must be named first

    try:
        execute_from_command_line(["openlot", *words])
    except DomainError as error:
        texts = [str(text) for text in getattr(error, "fields", {}).values()]
        sys.stderr.write("\n".join([error.message, *texts]) + "\n")
        sys.exit(2)


if __name__ == "__main__":
    main()
