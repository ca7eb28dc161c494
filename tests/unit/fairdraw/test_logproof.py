"""Proofs as files: whole, opened, and refused when a letter is changed."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from toylog import Log

from fairdraw.errors import BadNote, FairdrawError
from fairdraw.logproof import LogProof, Opened, commitment, parse_log_proof, parse_opened
from fairdraw.note import open_checkpoint

OPENED = Opened(bytes(range(16)), '{"kind":"draw.drawn","public":{"编号":"1"}}'.encode())
LOG = Log.of(13)
LOG.entries[4] = OPENED.entry()
PROOF = LOG.proof(4, OPENED)
TEXT = PROOF.text()


def test_a_leaf_is_the_commitment_and_nothing_else():
    """The bytes that the trail writes, kept for ever."""
    assert commitment(b"\0" * 16, b"{}") == (
        "6a409506f3f245b54d9d07f94fa83f710f95d49ecdb4b8373cfc893bccd4e33b"
    )
    assert OPENED.entry() == b'{"c":"%b","v":1}' % commitment(OPENED.salt, OPENED.body).encode()


def test_a_proof_is_one_file_and_back():
    """Opened or not, of one leaf or many."""
    single = Log.of(1)
    for proof in (PROOF, LOG.proof(12), single.proof(0)):
        assert parse_log_proof(proof.text()) == proof
        assert parse_log_proof(proof.text().encode()) == proof


def test_the_opened_event_leads_to_the_checkpoint():
    """Salt and body give the entry, entry and path the root; no other event does."""
    proof = parse_log_proof(TEXT)
    opened = parse_opened(proof.extra)
    checkpoint = open_checkpoint(proof.note, [LOG.verifier]).checkpoint
    assert opened == OPENED
    assert proof.leads_to(opened.entry(), checkpoint)
    assert not proof.leads_to(Opened(OPENED.salt, OPENED.body + b" ").entry(), checkpoint)
    with pytest.raises(BadNote, match="no opened event"):
        parse_opened(LOG.proof(4).extra)


@pytest.mark.parametrize(
    ("old", "new", "reason"),
    [
        ("@v1", "@v2", "not a proof"),
        ("\n\n", "\n", "not a proof"),
        ("index 4", "index 04", "not a number"),
        ("index", "Index", "index line"),
        ("extra ", "extra  ", "not base64"),
        ("extra ", "extra \nextra ", "not base64"),
        ("index 4\n", "index 4\nAAAA\n", "not 32"),
    ],
)
def test_a_malformed_proof_is_refused_with_its_place(old: str, new: str, reason: str):
    """File and line, in both languages."""
    with pytest.raises(BadNote, match=reason) as caught:
        parse_log_proof(TEXT.replace(old, new, 1) if old != "\n\n" else TEXT.replace(old, new))
    assert caught.value.line and caught.value.say("zh")


def test_a_proof_without_an_index_or_with_too_long_a_path_is_refused():
    """63 steps are more than any log has."""
    with pytest.raises(BadNote, match="index line"):
        parse_log_proof("c2sp.org/tlog-proof@v1\n\n")
    with pytest.raises(BadNote, match="at most 63"):
        parse_log_proof(LogProof(0, (b"x" * 32,) * 64, "n").text())


@given(st.one_of(st.binary(max_size=300), st.text(max_size=300)))
def test_nothing_makes_the_reader_stumble(data: bytes | str):
    """Bytes and texts of any kind, alone and after a good head."""
    for given_ in (data, f"c2sp.org/tlog-proof@v1\n{data!s}", TEXT[:60] + str(data)):
        try:
            parse_log_proof(given_)
        except FairdrawError as error:
            assert str(error)


@given(st.data())
def test_no_mutant_of_a_proof_proves_anything_else(data: st.DataObject):
    """One letter inserted, changed or deleted: refused, or it still proves the very same event."""
    at = data.draw(st.integers(0, len(TEXT) - 1))
    letter = data.draw(st.one_of(st.characters(), st.sampled_from("\n—+=A0 /")))
    width = data.draw(st.integers(0, 1))
    changed = TEXT[:at] + letter + TEXT[at + width :]
    try:
        proof = parse_log_proof(changed)
        opened = parse_opened(proof.extra)
        checkpoint = open_checkpoint(proof.note, [LOG.verifier]).checkpoint
    except FairdrawError:
        return
    if proof.leads_to(opened.entry(), checkpoint):
        assert (opened, checkpoint) == (OPENED, LOG.checkpoint())
