"""The platform asks its witnesses: lines are kept, refusals are told once, silence is no refusal."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from django.core.management import call_command
from django.db import transaction
from toylog import Log, public
from toylog import key as private

from fairdraw.note import Verifier, open_checkpoint
from openlot.accounts.models import Department
from openlot.kernel import clock
from openlot.kernel.actor import Actor, Role
from openlot.kernel.errors import Denied, Misconfigured
from openlot.ops.demo.city import as_role
from openlot.schedule.slots import every
from openlot.schedule.witnessing import let_witnesses_sign
from openlot.trail.events import WitnessRefused
from openlot.trail.keys import make_key, read_key
from openlot.trail.models import Cosignature, Entry
from openlot.trail.reading import newest_checkpoint, signed_note
from openlot.trail.selectors import public_fields
from openlot.trail.services import ask_witnesses, seal_now
from openlot.trail.witness_list import configured, known_witnesses
from openlot.trail.witnesses import Outcome, is_refused, refusing_witnesses
from openlot.trail.writer import record
from openlot_witness.keys import make_key as make_witness_key
from openlot_witness.server import Server
from openlot_witness.store import Store
from openlot_witness.witness import Witness

pytestmark = pytest.mark.django_db
SYSTEM = Actor.system("test")
Serve = Callable[..., Witness]


@pytest.fixture
def log_key(settings, tmp_path: Path) -> Verifier:
    """Give the log a key and sign what there is."""
    settings.LOG_KEY_FILE = str(tmp_path / "log.key")
    made = make_key(Path(settings.LOG_KEY_FILE), settings.LOG_ORIGIN)
    return Verifier(settings.LOG_ORIGIN, made.public)


@pytest.fixture
def serve(settings, tmp_path: Path, log_key: Verifier) -> Iterator[Serve]:
    """Start witnesses, which the setting names."""
    with ExitStack() as stack:

        def start(name: str = "audit.example/w1", *, log: Verifier = log_key) -> Witness:
            home = tmp_path / name.replace("/", "-")
            witness = Witness(make_witness_key(home, name), [log], Store(home))
            server = stack.enter_context(Server(("127.0.0.1", 0), witness))
            thread = threading.Thread(target=server.serve_forever, daemon=True)
            thread.start()
            stack.callback(thread.join)
            stack.callback(server.shutdown)
            host, port = server.server_address[:2]
            settings.WITNESSES += f"\n{witness.key.verifier.text} http://{host!s}:{port}/"
            return witness

        yield start


def grow() -> None:
    """Let something happen, and sign the log."""
    fact = WitnessRefused(witness="nobody", size=0, answer="a test")
    with transaction.atomic():
        record(fact, actor=SYSTEM, subject=Department.objects.first())
    seal_now()


def outcomes() -> list[Outcome]:
    """Ask all, and return how each answered."""
    return [one.outcome for one in ask_witnesses(actor=SYSTEM)]


def test_each_witness_cosigns_each_checkpoint_once(serve: Serve, log_key: Verifier):
    """Two witnesses, three checkpoints: six lines that anybody can verify, and nobody is asked twice."""
    witnesses = [serve(), serve("consumers.example/w2")]
    for _n in range(3):
        grow()
        assert outcomes() == [Outcome.COSIGNED] * 2
        assert outcomes() == []
        newest = newest_checkpoint()
        assert newest is not None
        keys = [one.key.verifier for one in witnesses]
        sealed = open_checkpoint(signed_note(newest), [log_key], keys)
        assert [one.name for one in sealed.cosignatures] == [key.name for key in keys]
    assert Cosignature.objects.count() == 6


def test_a_witness_that_remembers_more_or_less_than_we_do_is_followed(serve: Serve):
    """It says where it stands, and is asked from there."""
    witness = serve()
    grow()
    assert outcomes() == [Outcome.COSIGNED]
    grow()
    newest = newest_checkpoint()
    assert newest is not None
    witness.add_checkpoint(f"old {newest.size}\n\n{newest.note}".encode())
    assert outcomes() == [Outcome.COSIGNED]


def test_a_witness_that_saw_another_history_refuses_and_is_told_of_once(serve: Serve, settings):
    """One event and one alarm, however often it is asked; none after it signs again."""
    witness = serve()
    grow()
    size = newest_checkpoint().size
    fork = Log.of(size + 5, origin=settings.LOG_ORIGIN)
    fork.private = read_key(Path(settings.LOG_KEY_FILE)).private
    witness.add_checkpoint(f"old 0\n\n{fork.note(size)}".encode())
    for _n in range(3):
        assert outcomes() == [Outcome.REFUSED]
        seal_now()
    entries = Entry.objects.filter(kind="log.witness_refused")
    told = [one for one in entries if public_fields(one)["witness"] == witness.key.name]
    assert len(told) == 1
    assert public_fields(told[0])["answer"].startswith(("409", "422"))
    assert refusing_witnesses() == ["audit.example/w1"]
    Cosignature.objects.create(
        size=size, witness=witness.key.name, line="—", at=told[0].at.replace(year=2099)
    )
    assert not is_refused(witness.key.name)


def test_a_witness_of_other_logs_refuses(serve: Serve, settings):
    """404 for a log that it does not watch, 403 for a key that it does not know."""
    serve(log=Verifier("else/log", public(private(7))))
    serve("w2.example", log=Verifier(settings.LOG_ORIGIN, public(private(7))))
    grow()
    answers = ask_witnesses(actor=SYSTEM)
    assert [one.outcome for one in answers] == [Outcome.REFUSED] * 2
    assert [one.detail[:3] for one in answers] == ["404", "403"]


def test_a_witness_that_cannot_be_reached_is_silent(serve: Serve, settings, capsys):
    """No event, no alarm; the command says so and ends with 1."""
    witness = serve()
    settings.WITNESSES = f"{witness.key.verifier.text} http://127.0.0.1:1"
    grow()
    before = Entry.objects.count()
    assert outcomes() == [Outcome.SILENT]
    assert Entry.objects.count() == before
    with pytest.raises(SystemExit) as caught:
        call_command("ask_witnesses")
    assert caught.value.code == 1
    assert "未能联系" in capsys.readouterr().out


def test_another_key_at_the_same_address_is_not_believed(serve: Serve, settings):
    """The pinned key decides, not the address."""
    witness = serve()
    pinned = Verifier(witness.key.name, public(private(5)), 4)
    settings.WITNESSES = settings.WITNESSES.replace(witness.key.verifier.text, pinned.text)
    grow()
    assert outcomes() == [Outcome.REFUSED]
    assert not Cosignature.objects.exists()


@pytest.mark.parametrize(
    "words",
    ["one", "x http://a", "{log} http://a", "{eye} ftp://a", "{eye} http://a {eye}"],
)
def test_a_setting_that_names_no_witness_is_refused_in_words(
    settings, log_key: Verifier, words: str
):
    """Key and address in pairs, the key of a witness, the address of the web."""
    eye = Verifier("audit.example/w1", public(private(5)), 4)
    settings.WITNESSES = words.format(log=log_key.text, eye=eye.text)
    with pytest.raises(Misconfigured, match="WITNESSES"):
        configured()
    assert known_witnesses() == []


def test_the_worker_asks_and_the_desk_tells(serve: Serve, settings, sign_in):
    """The clock's task cosigns; a witness that refuses is named to whoever runs the platform."""
    witness = serve()
    grow()
    assert let_witnesses_sign.call() == 1
    desk = sign_in("scjg-platform-admin").get("/desk/").content.decode()
    assert "拒绝加签" not in desk
    fact = WitnessRefused(witness=witness.key.name, size=9, answer="422")
    with clock.travel(clock.now() + timedelta(seconds=1)):
        with transaction.atomic():
            record(fact, actor=SYSTEM, subject=Department.objects.first())
        desk = sign_in("scjg-platform-admin").get("/desk/").content.decode()
    assert f"见证人 {witness.key.name} 拒绝加签" in desk


def test_every_ten_minutes_is_a_moment_of_its_own():
    """The rule of the slot."""
    here = datetime(2026, 11, 20, 9, 27, 31, 5, tzinfo=UTC)
    assert every(10)(here) == datetime(2026, 11, 20, 9, 20, tzinfo=UTC)


def test_only_the_platform_asks():
    """A person does not."""
    with pytest.raises(Denied):
        ask_witnesses(actor=as_role("SJJ", Role.AUDITOR))


def test_without_a_checkpoint_or_a_witness_nobody_is_asked(settings, capsys):
    """The command says which."""
    settings.WITNESSES = ""
    call_command("ask_witnesses")
    assert "没有配置见证人" in capsys.readouterr().out
