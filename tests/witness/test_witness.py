"""The witness cosigns a log that only grows, remembers it for ever, and tells every status apart."""

from __future__ import annotations

from base64 import b64decode, b64encode
from http import HTTPStatus
from pathlib import Path
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st
from toylog import Log, key
from witness.conftest import LOG, asking, at_home, body

from fairdraw.errors import BadNote, FairdrawError
from fairdraw.note import COSIGNATURE, note_of, open_checkpoint, signature_line, timestamp
from openlot_witness.cli import main
from openlot_witness.keys import make_key, read_key, read_logs
from openlot_witness.witness import SIZE, Request, Witness, parse_request

OTHER_KEY = Log.of(400, private=key(9))
ELSEWHERE = Log.of(9, origin="else/log", private=key(9))


def test_it_cosigns_what_has_grown(witness: Witness):
    """From nothing to 3 to 300, and the same once more for who has lost the answer."""
    for old, new in ((0, 3), (3, 300), (300, 300)):
        answer = witness.add_checkpoint(body(LOG, old, new))
        assert answer.status == HTTPStatus.OK
        note = LOG.note(new, answer.body)
        (line,) = open_checkpoint(note, [LOG.verifier], [witness.key.verifier]).cosignatures
        assert 1_700_000_000 < timestamp(line.value) < 4_000_000_000
    (seen,) = witness.store.cosigned()
    assert (seen.checkpoint, seen.note) == (LOG.checkpoint(300), LOG.note(300))
    assert witness.store.refused() == []


@pytest.mark.parametrize(
    ("sent", "status"),
    [
        (b"", HTTPStatus.BAD_REQUEST),
        (b"\xff\n\n", HTTPStatus.BAD_REQUEST),
        (body(LOG, 50, 100).replace(b"old 50", b"old 050"), HTTPStatus.BAD_REQUEST),
        (body(LOG, 50, 100).replace(b"old ", b"new "), HTTPStatus.BAD_REQUEST),
        (Request(50, (b"x" * 32,) * 64, LOG.note()).body().encode(), HTTPStatus.BAD_REQUEST),
        (asking(LOG, 100, 50).body().encode(), HTTPStatus.BAD_REQUEST),
        (body(LOG, 50, 100).replace(b"\n100\n", b"\n0100\n"), HTTPStatus.BAD_REQUEST),
        (body(OTHER_KEY, 50, 100), HTTPStatus.FORBIDDEN),
        (body(LOG, 50, 100).replace(b"\n100\n", b"\n101\n"), HTTPStatus.FORBIDDEN),
        (body(ELSEWHERE, 0, 9), HTTPStatus.NOT_FOUND),
        (body(LOG, 40, 100), HTTPStatus.CONFLICT),
        (body(LOG, 0, 100), HTTPStatus.CONFLICT),
        (body(Log.of(50, "x"), 50, 50), HTTPStatus.CONFLICT),
        (body(Log.of(100, "x"), 50, 100), HTTPStatus.UNPROCESSABLE_ENTITY),
        (Request(50, (), LOG.note(100)).body().encode(), HTTPStatus.UNPROCESSABLE_ENTITY),
    ],
)
def test_each_refusal_has_its_status(witness: Witness, sent: bytes, status: HTTPStatus):
    """And leaves what is remembered as it was."""
    assert witness.add_checkpoint(body(LOG, 0, 50)).status == HTTPStatus.OK
    answer = witness.add_checkpoint(sent)
    assert answer.status == status
    if status == HTTPStatus.CONFLICT:
        assert (answer.body, answer.media_type) == ("50\n", SIZE)
    assert witness.store.cosigned()[0].checkpoint == LOG.checkpoint(50)


def test_a_first_checkpoint_brings_no_proof(witness: Witness):
    """There is nothing yet that it could be consistent with; an empty log has one root only."""
    request = Request(0, (b"x" * 32,), LOG.note(5))
    assert witness.add_checkpoint(request.body().encode()).status == 422
    text = LOG.checkpoint(0).text().replace("47DEQ", "47DEr")
    own = signature_line(LOG.origin, LOG.verifier.key, LOG.private.sign(text.encode()))
    assert (
        witness.add_checkpoint(Request(0, (), note_of(text, [own])).body().encode()).status == 409
    )
    assert witness.add_checkpoint(body(LOG, 0, 0)).status == HTTPStatus.OK
    assert witness.add_checkpoint(body(LOG, 0, 7)).status == HTTPStatus.OK


def test_a_log_may_sign_with_two_keys_while_it_changes_them(home: Path):
    """Either key of the same name is enough."""
    with (home / "logs").open("a") as stream:
        stream.write(OTHER_KEY.verifier.text)
    witness = at_home(home)
    assert witness.add_checkpoint(body(LOG, 0, 5)).status == HTTPStatus.OK
    assert witness.add_checkpoint(body(OTHER_KEY, 5, 9)).status == HTTPStatus.OK


def test_300_of_300_rewritten_histories_are_refused(witness: Witness):
    """Any entry before the last checkpoint changed, signed with the log's own key: never cosigned."""
    chance = Random(5)
    at, refused = 0, 0
    for number in range(300):
        if number % 10 == 0:
            assert witness.add_checkpoint(body(LOG, at, at + 9)).status == HTTPStatus.OK
            at += 9
        size = chance.randrange(at, 401)
        forged = Log(list(LOG.entries))
        forged.entries[chance.randrange(at)] = b"rewritten %d" % number
        answer = witness.add_checkpoint(body(forged, at, size))
        assert answer.status in (HTTPStatus.CONFLICT, HTTPStatus.UNPROCESSABLE_ENTITY)
        refused += 1
    assert refused == 300
    assert len(witness.store.refused()) == 300
    assert witness.store.cosigned()[0].checkpoint == LOG.checkpoint(270)


def test_a_restored_old_backup_that_carries_on_is_refused(witness: Witness):
    """A log that lost its last entries and wrote others is a fork; with the lost ones replayed it is not."""
    assert witness.add_checkpoint(body(LOG, 0, 200)).status == HTTPStatus.OK
    fork = Log(LOG.entries[:150] + [f"after restore {n}".encode() for n in range(100)])
    assert witness.add_checkpoint(body(fork, 200, 250)).status == 422
    replayed = Log(LOG.entries[:200] + fork.entries[150:])
    assert witness.add_checkpoint(body(replayed, 200, 300)).status == HTTPStatus.OK


def test_a_restart_keeps_its_memory(home: Path):
    """What one process cosigned binds the next."""
    assert at_home(home).add_checkpoint(body(LOG, 0, 100)).status == HTTPStatus.OK
    again = at_home(home)
    assert again.add_checkpoint(body(LOG, 0, 100)).body == "100\n"
    assert again.add_checkpoint(body(Log.of(200, "x"), 100, 200)).status == 422
    assert again.add_checkpoint(body(LOG, 100, 200)).status == HTTPStatus.OK


@given(
    st.one_of(
        st.binary(max_size=200), st.text(max_size=200).map(lambda t: t.encode("utf-8", "replace"))
    )
)
def test_no_bytes_make_it_stumble(data: bytes):
    """Alone, and after a good first line."""
    for sent in (data, b"old 0\n" + data, b"old 0\n\n" + data):
        try:
            assert parse_request(sent).body()
        except FairdrawError as error:
            assert error.say("zh")


@given(st.data())
def test_a_mutant_of_a_request_is_refused_or_means_the_same(data: st.DataObject):
    """No changed byte yields another old size, another path or another note unnoticed."""
    good = body(LOG, 3, 9)
    at = data.draw(st.integers(0, len(good) - 1))
    changed = good[:at] + data.draw(st.binary(max_size=2)) + good[at + 1 :]
    try:
        read = parse_request(changed)
    except FairdrawError:
        return
    assert read.body().encode() == changed


def test_the_key_file_is_nobody_elses(home: Path):
    """Never overwritten, never readable by others, never something else."""
    with pytest.raises(BadNote, match="never overwritten"):
        make_key(home, "again")
    path = home / "key"
    secret = path.read_text()
    seed = secret.removeprefix("PRIVATE+KEY+").split("+", 2)[2]
    assert read_key(home).secret == secret
    assert read_key(home).verifier.kind == COSIGNATURE
    for wrong in ("", "PRIVATE+KEY+a+b", secret.replace("audit", "other"), secret[:-6] + "\n"):
        path.write_text(wrong)
        with pytest.raises(BadNote):
            read_key(home)
    other_kind = secret[: -len(seed)] + b64encode(b"\1" + b64decode(seed)[1:]).decode()
    path.write_text(other_kind)
    with pytest.raises(BadNote, match="not a private key"):
        read_key(home)
    path.write_text(secret)
    path.chmod(0o640)
    with pytest.raises(BadNote, match="chmod 600"):
        read_key(home)


def test_a_line_that_is_no_log_is_named(home: Path):
    """With its number; an empty list is no list."""
    (home / "logs").write_text("# nothing\n\nwhat+is+this\n")
    with pytest.raises(BadNote) as caught:
        read_logs(home)
    assert caught.value.line == 3
    (home / "logs").write_text("# nothing\n")
    with pytest.raises(BadNote, match="names no log"):
        read_logs(home)


def test_the_commands_make_a_key_and_tell_what_was_seen(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
):
    """`show` ends with 1 as soon as one history was refused, so that a nightly job notices."""
    home = ("--home", str(tmp_path))
    assert main(["key", "audit.example/w1", *home]) == 0
    word = capsys.readouterr().out.strip()
    assert main(["show", *home]) == 2
    (tmp_path / "logs").write_text(LOG.verifier.text)
    assert main(["show", *home]) == 0
    witness = at_home(tmp_path)
    witness.add_checkpoint(body(LOG, 0, 60))
    witness.add_checkpoint(body(Log.of(70, "x"), 60, 70))
    assert main(["show", *home]) == 1
    told = capsys.readouterr().out
    assert word in told
    assert f"cosigned: {LOG.origin} 60 {LOG.checkpoint(60).root.hex()}" in told
    assert f"refused: {LOG.origin} 70" in told
    assert main(["key", "audit.example/w1", *home]) == 2
    assert main(["key", "a name", "--home", str(tmp_path / "else")]) == 2
    assert "验证公钥" in capsys.readouterr().err
