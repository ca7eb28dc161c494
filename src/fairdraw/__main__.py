"""``python -m fairdraw`` and the one-file verifier start here."""

from fairdraw.cli import entry

entry()
