"""A time-stamp says what was stamped and when; whatever is changed in it is noticed."""

from __future__ import annotations

import hashlib
import subprocess
from datetime import UTC, datetime
from pathlib import Path

import pytest
from cryptography.x509.oid import ExtendedKeyUsageOID
from hypothesis import given
from hypothesis import strategies as st
from rfc3161_client import decode_timestamp_response
from stamps import Authority

from openlot.rules.timestamps import read_timestamp

DAY = datetime(2026, 11, 20, 8, 30, tzinfo=UTC)
DIGEST = hashlib.sha256(b"announcement").hexdigest()
AUTHORITY = Authority(DAY)
STAMP = AUTHORITY.stamp(DIGEST, DAY)


def test_what_was_stamped_when_and_by_whom():
    """Imprint, time and signer come out, and another library reads the same."""
    found = read_timestamp(STAMP)
    assert (found.imprint, found.at, found.is_signed) == (DIGEST, DAY, True)
    assert found.authority == "CN=Test Time Authority"
    theirs = decode_timestamp_response(STAMP).tst_info
    assert theirs.message_imprint.message.hex() == found.imprint
    assert theirs.gen_time == found.at


def test_a_bare_token_is_read_like_its_response():
    """Some authorities hand out the token without the response around it."""
    from openlot.rules.timestamps import _inside, _only

    token = list(_inside(_only(STAMP, 0x30)))[1].whole
    assert read_timestamp(token) == read_timestamp(STAMP)


def test_without_a_certificate_the_signature_is_not_claimed():
    """What cannot be checked is not called checked."""
    found = read_timestamp(AUTHORITY.stamp(DIGEST, DAY, with_certificate=False))
    assert (found.is_signed, found.authority, found.imprint) == (False, "", DIGEST)


@given(st.integers(0, len(STAMP) - 1), st.integers(1, 255))
def test_no_changed_byte_passes_as_the_same_signed_stamp(at: int, by: int):
    """Either it is refused, or it no longer counts as signed, or it says exactly the same."""
    changed = bytearray(STAMP)
    changed[at] ^= by
    try:
        found = read_timestamp(bytes(changed))
    except (ValueError, IndexError, StopIteration, LookupError):
        return
    same = (found.imprint, found.at) == (DIGEST, DAY)
    assert same or not found.is_signed


@given(st.binary(max_size=200))
def test_no_input_makes_anything_but_a_refusal(data: bytes):
    """Random bytes are refused as no time-stamp."""
    with pytest.raises((ValueError, IndexError, StopIteration, LookupError)):
        read_timestamp(data)


def test_an_expired_or_unfit_certificate_is_refused():
    """The certificate must have been valid at the time, and be for time-stamping."""
    late = Authority(datetime(2025, 1, 1, tzinfo=UTC)).stamp(DIGEST, DAY)
    with pytest.raises(ValueError, match="not valid at that time"):
        read_timestamp(late)
    other = Authority(DAY, purpose=ExtendedKeyUsageOID.CODE_SIGNING).stamp(DIGEST, DAY)
    with pytest.raises(ValueError, match="not for time-stamping"):
        read_timestamp(other)
    with pytest.raises(ValueError, match="refused"):
        read_timestamp(AUTHORITY.stamp(DIGEST, DAY, status=2))


CONFIGURATION = """
[req]
distinguished_name = name
x509_extensions = purpose
prompt = no
[name]
CN = Another Authority
[purpose]
extendedKeyUsage = critical,timeStamping
[tsa]
default_tsa = one
[one]
serial = {folder}/serial
signer_cert = {folder}/cert.pem
signer_key = {folder}/key.pem
signer_digest = sha256
default_policy = 1.2.3.4.1
digests = sha256, sha512
"""


def test_a_stamp_of_openssl_is_read(tmp_path: Path):
    """A token that nobody here wrote: RSA, made by OpenSSL's own authority."""
    (tmp_path / "c.cnf").write_text(CONFIGURATION.format(folder=tmp_path))
    (tmp_path / "serial").write_text("01\n")

    def run(*words: str) -> None:
        subprocess.run(["openssl", *words], cwd=tmp_path, check=True, capture_output=True)

    run(
        *["req", "-x509", "-newkey", "rsa:2048", "-nodes", "-keyout", "key.pem"],
        *["-out", "cert.pem", "-days", "2", "-config", "c.cnf"],
    )
    run(*f"ts -query -sha256 -cert -digest {DIGEST} -out q.tsq".split())
    run(*["ts", "-reply", "-config", "c.cnf", "-queryfile", "q.tsq", "-out", "r.tsr"])
    found = read_timestamp((tmp_path / "r.tsr").read_bytes())
    assert (found.imprint, found.is_signed) == (DIGEST, True)
    assert found.authority == "CN=Another Authority"
