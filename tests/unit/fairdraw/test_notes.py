"""Signed notes and checkpoints: the specifications' examples, and all that they forbid."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from toylog import Eye, Log, key, public

from fairdraw.errors import BadNote, FairdrawError
from fairdraw.merkle import root_of_hashes
from fairdraw.note import (
    COSIGNATURE,
    NOTE_MAX,
    Checkpoint,
    Verifier,
    key_hash,
    note_of,
    open_checkpoint,
    open_note,
    parse_checkpoint,
    parse_note,
    parse_vkey,
    signature_line,
    timestamp,
    vkey,
)

LOG, EYE = Log.of(5), Eye()
NOTE = LOG.note(5, EYE.line(LOG.checkpoint().text()))
KNOWN = (LOG.verifier, EYE.verifier)
OTHER = Log.of(5, private=key(9))
# the key and the note of golang.org/x/mod/sumdb/note's own documentation
GO_KEY = "PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW"
GO_NOTE = (
    "If you think cryptography is the answer to your problem,\n"
    "then you don't know what your problem is.\n"
    "\n"
    "— PeterNeumann x08go/ZJkuBS9UG/SffcvIAQxVBtiFupLLr8pAcElZInNIuGUgYN1FFYC2pZSNXgKvqfqdngotpRZb6KE6"
    "RyyBwJnAM=\n"
)


def test_a_note_of_another_program_opens():
    """The note that Go's documentation shows, signed by somebody else's program."""
    opened = open_note(GO_NOTE, [parse_vkey(GO_KEY)])
    assert opened.text.startswith("If you think")
    assert [one.name for one in opened.signatures] == ["PeterNeumann"]
    assert parse_vkey(GO_KEY).text == GO_KEY


def test_a_key_is_one_word_and_back():
    """Name, id and bytes of both kinds."""
    for verifier in KNOWN:
        assert parse_vkey(verifier.text) == verifier
    assert vkey("a", public(key(1))) != vkey("a", public(key(1)), COSIGNATURE)
    assert len(key_hash("a", public(key(1)))) == 4


@pytest.mark.parametrize(
    "text",
    [
        "",
        "a+b+c",
        GO_KEY[:-4],
        GO_KEY.replace("c74f20a3", "c74f20a4"),
        GO_KEY.replace("c74f20a3", "C74F20A3"),
        GO_KEY.replace("Peter", "Peter "),
        GO_KEY.replace("+A", "+B"),
        GO_KEY + "\n",
        "é\ud800+00000000+AAAA",
        GO_KEY + "===",
    ],
)
def test_what_is_no_key_is_refused(text: str):
    """Each with words in both languages."""
    with pytest.raises(BadNote) as caught:
        parse_vkey(text)
    assert caught.value.say("zh") and caught.value.say("en")


@pytest.mark.parametrize("name", ["", "a b", "a+b", "a\tb", "a\u3000b", "\ud800"])
def test_a_name_has_neither_space_nor_plus(name: str):
    """Names are words."""
    with pytest.raises(BadNote):
        Verifier(name, public(key(1)))


def test_a_kind_of_key_that_is_not_known_is_refused():
    """Signature types stay few."""
    with pytest.raises(BadNote, match="kind of key"):
        Verifier("a", public(key(1)), 6)


def test_the_known_signatures_are_found_and_others_passed_over():
    """An unknown line beside is ignored, as one of a kind that is assigned to nobody."""
    unknown = signature_line("sm2.example", b"another kind", b"x" * 90, 0xFF)
    opened = open_note(NOTE + unknown, KNOWN)
    assert [one.name for one in opened.signatures] == [LOG.origin, EYE.name]
    assert "".join(one.line for one in opened.signatures) in NOTE
    assert open_note(NOTE.encode(), [EYE.verifier]).text == LOG.checkpoint().text()


def test_a_signature_of_the_same_name_and_another_key_is_unknown():
    """Key rotation: the old key's line does not hurt who knows the new one alone."""
    both = OTHER.note(5, NOTE.split("\n\n")[1])
    assert len(open_note(both, [LOG.verifier]).signatures) == 1
    assert len(open_note(both, [LOG.verifier, OTHER.verifier]).signatures) == 2


def test_nobody_known_is_not_enough():
    """Signatures of strangers prove nothing."""
    with pytest.raises(BadNote, match="no known key"):
        open_note(NOTE, [OTHER.verifier])


def test_a_wrong_signature_of_a_known_key_refuses_the_whole_note():
    """Even beside a good one."""
    wrong = signature_line(EYE.name, public(EYE.private), b"\0" * 72, COSIGNATURE)
    with pytest.raises(BadNote, match=r"of audit\.example/w1 is wrong"):
        open_note(LOG.note(5, wrong), KNOWN)


@pytest.mark.parametrize("value", [b"x" * 71, b"\xff" * 72])
def test_a_cosignature_has_a_time_and_64_bytes(value: bytes):
    """A time above 2**63 - 1 is none."""
    assert not EYE.verifier.verifies(LOG.checkpoint().text(), value)


def test_a_cosignature_is_of_its_time():
    """The time is signed with the text."""
    (line,) = open_note(NOTE, [EYE.verifier]).signatures
    assert timestamp(line.value) == 1_790_000_000
    assert not EYE.verifier.verifies(LOG.checkpoint().text(), bytes(8) + line.value[8:])


TEXT = LOG.checkpoint().text()
LINE = LOG.note().split("\n\n")[1]
BAD_NOTES = {
    "": "not a signed note",
    "text": "not a signed note",
    "\n\n" + LINE: "not a signed note",
    note_of(TEXT, []): "carries 1 to",
    note_of(TEXT, [LINE.rstrip("\n")]): "not a signed note",
    note_of(TEXT, [LINE] * 2): "has signed twice",
    note_of(TEXT, [LINE] * 65): "carries 1 to",
    note_of(TEXT, [LINE.replace("—", "-")]): "not a signature line",
    note_of(TEXT, [LINE.replace(" ", "  ")]): "not a signature line",
    note_of(TEXT, [LINE.replace("\n", " x\n")]): "not a signature line",
    note_of(TEXT, [LINE.replace("openlot", "open+lot")]): "not a signature line",
    note_of(TEXT, ["— a AAAA\n"]): "too short",
    note_of(TEXT, ["— a AAAAAAB=\n"]): "not base64",
    note_of(TEXT, ["— a é\n"]): "not base64",
    note_of(TEXT, ["— a AAAA AAA=\n"]): "not a signature line",
    TEXT + "\t\n" + LINE: "byte that may not be there",
    NOTE + "x" * NOTE_MAX: "larger than",
    "\ud800": "not UTF-8",
}


@pytest.mark.parametrize("note", BAD_NOTES, ids=lambda n: repr(n[:24]))
def test_a_malformed_note_is_refused_with_its_reason(note: str):
    """Place and reason, in both languages."""
    with pytest.raises(BadNote, match=BAD_NOTES[note]) as caught:
        open_note(note, KNOWN)
    assert caught.value.file and caught.value.say("zh") != caught.value.say("en")


def test_bytes_that_are_no_text_are_refused():
    """UTF-8 alone."""
    with pytest.raises(BadNote, match="UTF-8"):
        parse_note(b"\xff\n\n")


def test_the_text_ends_at_the_last_empty_line():
    """A text may hold empty lines itself."""
    text = "a\n\nb\n"
    line = signature_line(LOG.origin, public(LOG.private), LOG.private.sign(text.encode()))
    assert open_note(note_of(text, [line]), KNOWN).text == text


def test_a_checkpoint_is_three_lines_and_back():
    """With the lines that another log may add."""
    found = parse_checkpoint(TEXT)
    assert found == LOG.checkpoint()
    more = Checkpoint("a", 0, root_of_hashes([]), ("more",))
    assert parse_checkpoint(more.text()) == more


@pytest.mark.parametrize(
    ("old", "new", "reason"),
    [
        ("\n5\n", "\n05\n", "not a number"),
        ("\n5\n", "\n-5\n", "not a number"),
        ("\n5\n", "\n9223372036854775808\n", "not a number"),
        ("\n5\n", "\n\n", "a line each"),
        ("=\n", "\n", "not base64"),
        ("\n5\n", "\n5\nAAAA\n", "not 32"),
        ("=\n", "=", "a line each"),
        (LOG.origin, "", "a line each"),
    ],
)
def test_a_malformed_checkpoint_is_refused(old: str, new: str, reason: str):
    """With file and line where there is one."""
    with pytest.raises(BadNote, match=reason):
        parse_checkpoint(TEXT.replace(old, new))


def test_a_checkpoint_is_opened_by_the_key_of_its_log():
    """A witness alone does not make a checkpoint, nor does the key of another log."""
    sealed = open_checkpoint(NOTE, [LOG.verifier], [EYE.verifier])
    assert sealed.checkpoint == LOG.checkpoint()
    assert [one.name for one in sealed.signatures] == [LOG.origin]
    assert [one.name for one in sealed.cosignatures] == [EYE.name]
    with pytest.raises(BadNote, match="no known key"):
        open_checkpoint(NOTE, [OTHER.verifier], [EYE.verifier])
    line = signature_line("else", public(LOG.private), LOG.private.sign(TEXT.encode()))
    with pytest.raises(BadNote, match="not of the log"):
        open_checkpoint(note_of(TEXT, [line]), [Verifier("else", public(LOG.private))])


@given(st.one_of(st.binary(max_size=300), st.text(max_size=300)))
def test_nothing_makes_a_parser_stumble(data: bytes | str):
    """Bytes and texts of any kind: a refusal, and no other exception."""
    for parse in (parse_note, parse_checkpoint):
        try:
            parse(data)
        except FairdrawError as error:
            assert str(error)


@given(st.data())
def test_no_changed_letter_of_a_signed_checkpoint_is_accepted(data: st.DataObject):
    """Insert, delete or change one letter: the note is refused, or the same checkpoint is read."""
    at = data.draw(st.integers(0, len(NOTE) - 1))
    letter = data.draw(st.one_of(st.characters(), st.sampled_from("\n—+=A0 /")))
    act = data.draw(st.sampled_from(("change", "insert", "delete")))
    rest = NOTE[at + 1 :] if act != "insert" else NOTE[at:]
    changed = NOTE[:at] + ("" if act == "delete" else letter) + rest
    try:
        sealed = open_checkpoint(changed, [LOG.verifier], [EYE.verifier])
    except FairdrawError:
        return
    # A line whose name or id was changed is another, unknown key's; what was signed stands.
    assert sealed.checkpoint == LOG.checkpoint()
    assert changed == NOTE or at > len(TEXT)
