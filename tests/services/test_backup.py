"""A backup is whole or not there, comes back as it was, and never forks the log."""

from __future__ import annotations

import hashlib
import os
import random
import shutil
import signal
import subprocess
import sys
import threading
import time
import zipfile
from pathlib import Path

import pytest
from copies import copies, db  # noqa: F401  # fixtures
from django.db import connection
from logs import tell, wrong_in_tree

from fairdraw.logproof import leaf_of
from fairdraw.merkle import leaf_hash, root_of_hashes
from fairdraw.note import Verifier, parse_checkpoint, parse_note
from openlot.accounts.models import Department, User
from openlot.inspections.models import Inspection
from openlot.kernel.actor import Actor, Role
from openlot.kernel.errors import Conflict, DomainError, Invalid, Misconfigured
from openlot.ops.backup.archive import open_archive
from openlot.ops.backup.backup import back_up, room_in
from openlot.ops.backup.databases import require_empty, working_on
from openlot.ops.backup.drill import hold_drill
from openlot.ops.backup.mirror import Mirror, write_mirror
from openlot.ops.backup.restore import Anew, Restored, plan_restore, restore
from openlot.ops.demo.city import as_role
from openlot.ops.fsck.findings import Level
from openlot.ops.fsck.run import examine
from openlot.privacy.selectors import held
from openlot.privacy.services import shred
from openlot.trail.guards import faults
from openlot.trail.keys import make_key
from openlot.trail.models import Checkpoint, Entry, Head, Leaf, Pending, PrivatePart
from openlot.trail.places import last_drill
from openlot.trail.reading import newest_checkpoint
from openlot.trail.selectors import public_fields
from openlot.trail.services import ask_witnesses, seal_now
from openlot.trail.signer import last_signed
from openlot_witness.keys import make_key as make_witness_key
from openlot_witness.server import Server
from openlot_witness.store import Store
from openlot_witness.witness import Witness

TRIES = int(os.environ.get("BACKUP_FLIPS", "200"))
KILLS = int(os.environ.get("BACKUP_KILLS", "5"))


@pytest.fixture
def log(settings, tmp_path: Path):
    """Give the log a key and a memory outside the database."""
    settings.LOG_KEY_FILE = str(tmp_path / "log.key")
    return make_key(Path(settings.LOG_KEY_FILE), settings.LOG_ORIGIN)


@pytest.fixture
def city(copies, log):  # noqa: F811  # the fixture
    """Work on a copy of the city that has signed checkpoints."""
    with working_on(address_of(copies.take())):
        seal_now()
        tell(5)
        seal_now()
        yield copies


def address_of(name: str) -> str:
    """The address of a database on the server, or in the folder, that the tests use."""
    if connection.vendor == "sqlite":
        return f"sqlite:///{name}"
    known = connection.settings_dict
    return f"postgresql://{known['USER']}@/{name}?host={known['HOST']}"


@pytest.fixture
def empty(copies, tmp_path: Path):  # noqa: F811  # the fixture
    """Make empty databases."""
    made: list[str] = []

    def make() -> str:
        if connection.vendor == "sqlite":
            return f"sqlite:///{tmp_path}/new-{len(list(tmp_path.iterdir()))}.sqlite3"
        name = copies.home + f"_new_{os.getpid()}_{len(made)}"
        copies._tell(f'CREATE DATABASE "{name}" TEMPLATE template0')
        made.append(name)
        return address_of(name)

    yield make
    for name in made:
        copies._tell(f'DROP DATABASE "{name}" WITH (FORCE)')


def is_empty(url: str) -> bool:
    """Whether nothing was left in a database."""
    with working_on(url):
        require_empty()
    return True


def bring_back(archive: Path, url: str, **way: object) -> Restored:
    """Restore as the command does."""
    return restore(archive, url, plan_restore(way.get("mirror"), way.get("anew")))


def rows_of_everything() -> dict[str, int]:
    """How many rows each table has."""
    with connection.cursor() as cursor:
        tables = sorted(connection.introspection.table_names(cursor))
        counts = {}
        for table in tables:
            cursor.execute(f'SELECT count(*) FROM "{table}"')
            counts[table] = cursor.fetchone()[0]
    return counts


def test_a_backup_comes_back_as_it_was(city, empty, tmp_path: Path):
    """Every table has its rows, the tree its roots, the guards stand, and the log goes on."""
    before, newest = rows_of_everything(), newest_checkpoint()
    archive = back_up(tmp_path)
    url = empty()
    done = bring_back(archive, url)
    assert (done.size, done.missing) == (Head.objects.get().size, [])
    with working_on(url):
        after = rows_of_everything()
        told = {"trail_entry": 1, "trail_pending": 1, "trail_privatepart": 1}
        more = {name: after[name] - before[name] for name in before if after[name] != before[name]}
        touched = more.pop("trail_touch")
        assert (set(after), more) == (set(before), told)
        assert touched > 0
        assert faults() == []
        assert newest_checkpoint().note == newest.note
        entry = Entry.objects.get(kind="log.restored")
        digest = hashlib.sha256(archive.read_bytes()[:-64]).hexdigest()
        assert public_fields(entry)["archive_sha256"] == digest
        signed = seal_now()
        assert signed.size == newest.size + 1
        assert list(examine(Level.REPLAY)) == []


def test_no_key_and_no_memory_of_the_signer_is_inside(city, settings, tmp_path: Path):
    """Neither the private key nor the signer's file can be found in the unpacked archive."""
    archive = open_archive(back_up(tmp_path / "a.zip"))
    key = Path(settings.LOG_KEY_FILE).read_text().strip().split("+", 4)[4]
    with zipfile.ZipFile(archive.path) as box:
        assert sorted(box.namelist()) == sorted([*archive.manifest.files, "manifest.json"])
        for name in box.namelist():
            assert key.encode() not in box.read(name)
    assert archive.path.stat().st_mode & 0o077 == 0


def test_every_flipped_byte_is_noticed(city, tmp_path: Path):
    """One bit flipped anywhere, or a byte cut off or added: never accepted; the whole one is."""
    archive = back_up(tmp_path / "a.zip")
    whole = archive.read_bytes()
    chance = random.Random(7)  # where to look, not a secret
    size = len(whole)
    places = [0, 1, size - 1, size - 64, size - 65, size - 90]
    places += [chance.randrange(size) for _n in range(TRIES - len(places))]
    noticed = 0
    with archive.open("r+b") as stream:
        for place in places:
            _put(stream, place, whole[place] ^ (1 << chance.randrange(8)))
            with pytest.raises(Invalid):
                open_archive(archive)
            noticed += 1
            _put(stream, place, whole[place])
    assert noticed == TRIES
    assert open_archive(archive).manifest.leaves == Head.objects.get().size
    for damaged in (whole[:-1], whole + b"0", whole[1:], b""):
        archive.write_bytes(damaged)
        with pytest.raises(Invalid):
            open_archive(archive)


def _put(stream, place: int, value: int) -> None:
    stream.seek(place)
    stream.write(bytes([value]))
    stream.flush()


def test_a_tampered_database_is_not_restored_from_a_whole_archive(city, empty, tmp_path: Path):
    """The seal of the archive is right, and the row in it is not: nothing stays."""
    User.objects.filter(pk=User.objects.first().pk).update(username="boss")
    archive = back_up(tmp_path)
    url = empty()
    with pytest.raises(Conflict, match="accounts_user"):
        bring_back(archive, url)
    assert is_empty(url)


def test_a_backup_killed_in_the_middle_leaves_the_old_one(city, tmp_path: Path):
    """kill -9 at any moment: the archive that stood there stays whole, and the next one succeeds."""
    target = tmp_path / "kept.zip"
    back_up(target)
    environment = {
        **os.environ,
        "DATABASE_URL": address_of(str(connection.settings_dict["NAME"])),
        "DJANGO_SETTINGS_MODULE": "openlot.settings.test",
    }
    begun = time.monotonic()
    command = [sys.executable, "-m", "openlot", "backup", str(target)]
    subprocess.run(command, env=environment, check=True, stdout=subprocess.DEVNULL)
    whole = time.monotonic() - begun
    replaced = 0
    for n in range(KILLS):
        before = target.read_bytes()
        process = subprocess.Popen(command, env=environment, stdout=subprocess.DEVNULL)
        time.sleep(whole * (0.5 + 0.5 * n / KILLS))
        process.send_signal(signal.SIGKILL)
        process.wait()
        open_archive(target)
        replaced += target.read_bytes() != before
    assert replaced < KILLS
    back_up(target)
    assert sorted(path.name for path in tmp_path.glob("*backup*")) == []


def test_two_backups_at_once_do_not_mix(city, tmp_path: Path):
    """The second is told that one is being written."""
    with room_in(tmp_path), pytest.raises(Conflict):
        back_up(tmp_path)
    back_up(tmp_path)


def test_only_an_empty_database_is_restored_into(city, empty, tmp_path: Path):
    """The database in use, or any other with a table, stays as it is."""
    archive = back_up(tmp_path)
    before = rows_of_everything()
    with pytest.raises(Invalid):
        bring_back(archive, address_of(str(connection.settings_dict["NAME"])))
    assert rows_of_everything() == before
    for wrong in ("mysql://x/y", "nothing"):
        with pytest.raises(Invalid):
            bring_back(archive, wrong)


def test_an_older_backup_is_refused_and_comes_back_by_replay(city, empty, tmp_path: Path):
    """A hundred entries signed since: refused; with them from the mirror it goes on, without a fork."""
    tell(3)  # they wait for their places while the backup is made
    archive = back_up(tmp_path)
    tell(100)
    newest = seal_now()
    url = empty()
    with pytest.raises(Conflict, match=str(newest.size)):
        bring_back(archive, url)
    assert is_empty(url)
    write_mirror(tmp_path / "public", private=False)
    with pytest.raises(Invalid):
        bring_back(archive, url, mirror=tmp_path / "public")
    assert is_empty(url)
    write_mirror(tmp_path / "mirror", private=True)
    expected = list(Entry.objects.order_by("pk").values_list("pk", "uuid", "kind", "at", "subject"))
    parts = PrivatePart.objects.count()
    done = bring_back(archive, url, mirror=tmp_path / "mirror")
    assert (done.replayed, done.size, done.missing) == (103, newest.size, [])
    with working_on(url):
        rows = Entry.objects.exclude(kind="log.restored").order_by("pk")
        assert list(rows.values_list("pk", "uuid", "kind", "at", "subject")) == expected
        assert PrivatePart.objects.count() == parts + 1
        assert newest_checkpoint().note == newest.note
        assert seal_now().size == newest.size + 1
        assert wrong_in_tree() == []
        tell(1)
        assert list(examine(Level.TREE)) == []


def test_what_was_erased_after_the_archive_stays_erased(city, empty, tmp_path: Path):
    """Several entries at once, in the archive or only in the mirror, which still hold them."""
    office = as_role("SCJG", Role.CONFERENCE_OFFICE)
    inspection, other = Inspection.objects.exclude(service_receipt=None).order_by("pk")[:2]
    before = [row.entry.pk for row in held(office, [inspection]).rows]
    archive = back_up(tmp_path)
    after = [entry.pk for entry in tell(3)]
    seal_now()
    write_mirror(tmp_path / "mirror", private=True)
    why = "申请登记号 2026-017，依法销毁"
    shred(before, why, about=[inspection], actor=office)
    shred(after[:2], why, about=[Department.objects.first()], actor=office)
    seal_now()
    write_mirror(tmp_path / "mirror", private=True)
    url = empty()
    bring_back(archive, url, mirror=tmp_path / "mirror")
    with working_on(url):
        parts = PrivatePart.objects.filter(kind="personal")
        assert not parts.filter(entry__in=[*before, *after[:2]]).exists()
        assert parts.filter(entry=after[2]).exists(), "what nobody asked to erase came back"
        assert held(office, [other]).rows
        assert held(office, [inspection]).rows == []
        assert Entry.objects.filter(kind="trail.shredded").count() == len(before) + 2
        assert list(examine(Level.TREE)) == []


def test_a_damaged_mirror_brings_nothing_back(city, empty, tmp_path: Path):
    """One bit changed in any file that a replay reads: all or nothing; repaired, it works."""
    archive = back_up(tmp_path)
    tell(10)
    seal_now()
    folder = tmp_path / "mirror"
    write_mirror(folder, private=True)
    url = empty()
    newest = max((folder / "private").rglob("*"), key=lambda path: path.stat().st_mtime_ns)
    for path in (folder / "checkpoint", *(folder / "tile").rglob("[0-9]*"), newest):
        if path.is_dir():
            continue
        good = path.read_bytes()
        path.write_bytes(good[:-40] + bytes([good[-40] ^ 1]) + good[-39:])
        with pytest.raises(DomainError):
            bring_back(archive, url, mirror=folder)
        path.write_bytes(good)
        assert is_empty(url)
    assert bring_back(archive, url, mirror=folder).replayed == 10


def test_a_mirror_of_another_past_is_refused(city, copies, empty, tmp_path: Path, settings):  # noqa: F811
    """A twin of the city went its own way, signed by the same key on another machine."""
    connection.close()
    twin = copies.take(str(connection.settings_dict["NAME"]))
    tell(4)
    seal_now()
    archive = back_up(tmp_path)
    settings.LOG_STATE_FILE = str(tmp_path / "elsewhere")
    with working_on(address_of(twin)):
        (tmp_path / "elsewhere").write_text(newest_checkpoint().note)
        tell(9)
        seal_now()
        write_mirror(tmp_path / "mirror", private=True)
    url = empty()
    with pytest.raises(Conflict):
        bring_back(archive, url, mirror=tmp_path / "mirror")
    assert is_empty(url)


def test_a_new_log_takes_the_place_of_one_that_cannot_go_on(city, empty, tmp_path, settings):
    """Its first leaf tells of the old one's last checkpoint, why and who; every entry has a place."""
    archive = back_up(tmp_path)
    tell(20)
    lost = seal_now()
    (tmp_path / "last").write_text(lost.note)
    url = empty()
    anew = Anew("机房失火，镜像亦毁", "张主任", lost.note)
    with pytest.raises(Misconfigured, match="log2"):
        bring_back(archive, url, anew=anew)
    assert is_empty(url)
    settings.LOG_ORIGIN = settings.LOG_ORIGIN.replace("log1", "log2")
    settings.LOG_KEY_FILE = str(tmp_path / "log2.key")
    make_key(Path(settings.LOG_KEY_FILE), settings.LOG_ORIGIN)
    with pytest.raises(Invalid):
        bring_back(archive, url, anew=Anew(" ", "张主任"))
    done = bring_back(archive, url, anew=anew)
    n = Entry.objects.filter(leaf__index__lt=open_archive(archive).manifest.leaves).count()
    with working_on(url):
        first = Leaf.objects.get(index=0).entry
        assert first.kind == "log.begun_anew"
        assert public_fields(first) == {"last_checkpoint": lost.note, "reason": anew.reason}
        assert done.size == n + 1 == Entry.objects.count()
        assert Checkpoint.objects.count() == 0 == Pending.objects.count()
        signed = seal_now()
        assert parse_checkpoint(parse_note(signed.note).text).origin == settings.LOG_ORIGIN
        assert wrong_in_tree() == [] == faults() == list(examine(Level.REPLAY))


def test_the_old_log_is_not_signed_again_after_a_new_one(city, empty, tmp_path, settings):
    """An archive of log1 is refused where the signer remembers log2."""
    archive = back_up(tmp_path)
    settings.LOG_ORIGIN = settings.LOG_ORIGIN.replace("log1", "log2")
    url = empty()
    settings.LOG_KEY_FILE = str(tmp_path / "log2.key")
    make_key(Path(settings.LOG_KEY_FILE), settings.LOG_ORIGIN)
    bring_back(archive, url, anew=Anew("演练", "张主任"))
    with working_on(url):
        seal_now()
    assert last_signed().origin == settings.LOG_ORIGIN
    other = empty()
    with pytest.raises(Conflict, match="log2"):
        bring_back(archive, other)
    assert is_empty(other)


@pytest.fixture
def witness(settings, tmp_path: Path, log):
    """Let another office witness the log."""
    name, home = "audit.example/w1", tmp_path / "witness"
    made = Witness(
        make_witness_key(home, name), [Verifier(settings.LOG_ORIGIN, log.public)], Store(home)
    )
    with Server(("127.0.0.1", 0), made) as server:
        thread = threading.Thread(target=server.serve_forever, daemon=True)
        thread.start()
        host, port = server.server_address[:2]
        settings.WITNESSES = f"{made.key.verifier.text} http://{host!s}:{port}/"
        yield made
        server.shutdown()
        thread.join()


def test_a_witness_stops_a_fork_that_the_lost_signer_would_not(
    city, witness, empty, tmp_path, settings
):
    """The signer's file burnt with the machine: the witness alone knows that there was more."""
    archive = back_up(tmp_path)
    tell(4)
    seal_now()
    assert [one.detail for one in ask_witnesses(actor=Actor.system("test"))] == [""]
    write_mirror(tmp_path / "mirror", private=True)
    shutil.move(f"{settings.LOG_KEY_FILE}.signed", tmp_path / "burnt")
    url = empty()
    with pytest.raises(Conflict, match=r"audit\.example/w1"):
        bring_back(archive, url)
    assert is_empty(url)
    done = bring_back(archive, url, mirror=tmp_path / "mirror")
    assert done.replayed == 4
    assert len(done.notes) == 1  # nobody here remembers what was signed
    with working_on(url):
        assert list(examine(Level.WITNESSES)) == []


def test_a_mirror_alone_rebuilds_the_root(city, tmp_path: Path):
    """Bundles alone give the root; a second run adds what is new; a rewritten log is refused."""
    tell(300)
    newest = seal_now()
    folder = tmp_path / "mirror"
    first = write_mirror(folder, private=False)
    assert (first.before, first.size) == (0, newest.size)
    assert not (folder / "private").exists()
    tell(3)
    grown = seal_now()
    second = write_mirror(folder, private=False)
    assert (second.before, second.size) == (newest.size, grown.size)
    assert 0 < second.n_files < first.n_files
    assert write_mirror(folder, private=False).n_files == 0
    mirror = Mirror(folder)
    mirror.require_whole()
    leaves = [leaf_hash(data) for _index, data in mirror.leaves()]
    assert root_of_hashes(leaves) == bytes(grown.root) == mirror.checkpoint.root
    commitments = Leaf.objects.order_by("index").values_list("commitment", flat=True)
    assert [leaf_hash(leaf_of(bytes(one).hex())) for one in commitments][: grown.size] == leaves
    tile = next(path for path in (folder / "tile" / "entries").rglob("*") if path.is_file())
    data = bytearray(tile.read_bytes())
    data[9] ^= 1
    tile.write_bytes(data)
    with pytest.raises(Invalid):
        mirror.require_whole()


def test_a_log_that_was_turned_back_does_not_overwrite_its_mirror(city, copies, tmp_path):  # noqa: F811
    """The mirror is ahead: it is kept as it is, and the operator is told."""
    connection.close()
    old = copies.take(str(connection.settings_dict["NAME"]))
    tell(2)
    seal_now()
    write_mirror(tmp_path / "mirror", private=False)
    note = (tmp_path / "mirror" / "checkpoint").read_text()
    with working_on(address_of(old)), pytest.raises(Conflict):
        write_mirror(tmp_path / "mirror", private=False)
    assert (tmp_path / "mirror" / "checkpoint").read_text() == note


def test_a_drill_is_told_with_its_times(city, empty, settings, tmp_path):
    """What was restored is gone afterwards, what it took stands in the trail; a failure does too."""
    settings.DRILL_DATABASE_URL = url = empty() if connection.vendor == "postgresql" else ""
    n = Entry.objects.count()
    fact = hold_drill(tmp_path)
    assert (fact.passed, fact.n_entries) == (True, n)
    assert min(fact.archive_bytes, fact.backup_ms, fact.load_ms, fact.check_ms) > 0
    entry, told = last_drill()
    assert (entry.actor_ref, told["n_entries"]) == ("system:drill", n)
    assert not url or is_empty(url)
    assert list(tmp_path.glob("tmp*")) == []


def test_a_drill_that_fails_is_told_too(city, empty, settings, tmp_path):
    """A database that was tampered with is not passed as restorable."""
    settings.DRILL_DATABASE_URL = empty() if connection.vendor == "postgresql" else ""
    User.objects.filter(pk=User.objects.first().pk).update(username="boss")
    with pytest.raises(Conflict, match="accounts_user"):
        hold_drill(tmp_path)
    _entry, told = last_drill()
    assert told["passed"] is False
