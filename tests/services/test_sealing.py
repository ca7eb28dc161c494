"""The trail's tree: gapless places, tiles, signed checkpoints, and a signer that cannot be fooled."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest
from django.core.management import call_command
from django.db import connection, transaction
from logs import SYSTEM, Sealed, key, leaf_hashes, tell, wrong_in_tree

from fairdraw.errors import FairdrawError
from fairdraw.logproof import leaf_of, parse_log_proof
from fairdraw.merkle import root_of_hashes, verify_consistency, verify_inclusion
from fairdraw.note import open_checkpoint, parse_vkey
from fairdraw.tiles import WIDTH, tiles_of
from openlot.accounts.models import Department
from openlot.kernel import clock
from openlot.kernel.actor import Actor
from openlot.kernel.errors import Conflict, Denied, DomainError, Invalid, Misconfigured
from openlot.privacy.services import shred
from openlot.trail import sequencer, services
from openlot.trail.keys import log_keys, make_key, read_key
from openlot.trail.models import Checkpoint, Entry, Head, Leaf, Pending, Tile
from openlot.trail.places import is_late, place_of, proof_of, waiting_since
from openlot.trail.reading import hashes_of_tile, newest_checkpoint, tree_of
from openlot.trail.sequencer import commitment_of, sequence
from openlot.trail.services import advance, seal_now
from openlot.trail.signer import last_signed, memory_file

__all__ = ["key"]
WHY = "本人申请删除，依法办理"


@pytest.mark.usefixtures("db", "today")
class TestOneTransaction:
    """What one connection sees."""

    def test_every_entry_gets_a_place_and_its_tiles(self, monkeypatch):
        """Whatever the batches, places are gapless and each tile is what its leaves say."""
        monkeypatch.setattr(sequencer, "BATCH", 97)
        tell(300)
        sequence()
        assert wrong_in_tree() == []
        assert Tile.objects.filter(level=0).count() == Entry.objects.count() // WIDTH
        assert not Pending.objects.exists()
        assert sequence() == 0

    def test_a_commit_is_on_the_disk_before_anybody_is_told(self):
        """After a power cut the signer must not remember a tree that the database has lost."""
        with connection.cursor() as cursor:
            if connection.vendor == "sqlite":
                cursor.execute("PRAGMA synchronous")
                assert cursor.fetchone() == (2,)
            else:
                cursor.execute("SHOW synchronous_commit")
                assert cursor.fetchone() == ("on",)

    def test_a_rolled_back_act_leaves_no_leaf(self):
        """What was undone has neither entry nor place."""
        sequence()
        before = Head.objects.get().size
        with pytest.raises(ZeroDivisionError), transaction.atomic():
            tell(3)
            raise ZeroDivisionError
        assert sequence() == 0
        assert Head.objects.get().size == before

    def test_every_checkpoint_includes_and_continues(self, key):
        """Each stored checkpoint continues the one before, and proves each of its leaves."""
        for n in (1, 5, 255, 300):
            tell(n)
            seal_now()
        hashes = leaf_hashes()
        trusted = [parse_vkey(key.vkey)]
        before = None
        for row in Checkpoint.objects.order_by("size"):
            told = open_checkpoint(row.note, trusted).checkpoint
            assert (told.size, told.root) == (row.size, bytes(row.root))
            tree = tree_of(row.size)
            assert tree.root() == told.root
            for index in {0, row.size // 3, row.size - 1}:
                path = tree.inclusion_path(index)
                assert verify_inclusion(hashes[index], index, row.size, path, told.root)
            if before is not None:
                path = tree.consistency_path(before.size)
                assert verify_consistency(before.size, row.size, before.root, told.root, path)
            before = told
        assert Checkpoint.objects.count() == 4

    def test_tiles_of_any_size_give_its_root(self):
        """A partial tile is read as it was when the tree was smaller."""
        tell(600)
        sequence()
        size = Head.objects.get().size
        hashes = leaf_hashes()
        for smaller in (1, 255, 256, 257, 512, 700, size - 1, size):
            assert tree_of(smaller).root() == root_of_hashes(hashes[:smaller])
            for tile in tiles_of(smaller):
                assert len(hashes_of_tile(tile)) == 32 * tile.width

    def test_the_proof_opens_the_event_and_names_nobody(self, key):
        """The proof file carries body and salt; anyone hashes them into the signed tree."""
        (entry,) = tell()
        assert proof_of(entry) is None
        seal_now()
        place = place_of(entry)
        text = proof_of(entry)
        proof = parse_log_proof(text)
        told = open_checkpoint(proof.note, [parse_vkey(key.vkey)]).checkpoint
        assert proof.index == place.index
        assert told.size == place.checkpoint.size
        assert proof.leads_to(place.proof().extra and _entry_bytes(proof.extra), told)
        assert not proof.leads_to(_entry_bytes(proof.extra + b" "), told)
        for secret in (b"system:test", "张三".encode()):
            assert secret not in proof.extra

    def test_shredding_erases_the_person_and_keeps_the_proof(self, key):
        """The personal part is gone, an event says so, and the old proof still holds."""
        (entry,) = tell()
        seal_now()
        before = proof_of(entry)
        shred([entry.pk], WHY, about=[Department.objects.first()], actor=SYSTEM)
        assert list(entry.private_parts.values_list("kind", flat=True)) == ["internal"]
        proof = parse_log_proof(before)
        seal_now()
        checkpoint = open_checkpoint(proof.note, [parse_vkey(key.vkey)]).checkpoint
        assert proof.leads_to(_entry_bytes(proof.extra), checkpoint)
        assert proof_of(entry) != before

    def test_the_worker_signs_at_most_every_ten_seconds(self, key, today):
        """A tick places at once, signs what has grown, and waits ten seconds before the next."""
        start = clock.now()
        tell()
        first = advance(actor=SYSTEM).checkpoint
        tell()
        with clock.travel(start + timedelta(seconds=5)):
            assert advance(actor=SYSTEM) == services.Advance(1, None)
        with clock.travel(first.at + timedelta(seconds=11)):
            assert advance(actor=SYSTEM).checkpoint.size == first.size + 1
        with clock.travel(first.at + timedelta(seconds=99)):
            assert advance(actor=SYSTEM).checkpoint.size == first.size + 1
        assert Checkpoint.objects.count() == 2
        with pytest.raises(Denied):
            advance(actor=Actor(ref="user:x", name="x"))

    def test_people_are_told_when_the_tree_lags(self, key):
        """An entry that waits for more than a minute raises the alarm; signing ends it."""
        seal_now()
        assert waiting_since() is None
        (entry,) = tell()
        assert waiting_since() == entry.at
        assert not is_late()
        with clock.travel(entry.at + timedelta(seconds=61)):
            assert is_late()
            sequence()
            assert is_late()
            seal_now()
            assert not is_late()

    def test_what_seals_is_signed_as_soon_as_it_is_committed(
        self, key, django_capture_on_commit_callbacks
    ):
        """Nobody can forget it: the event's class says so."""
        with django_capture_on_commit_callbacks(execute=True):
            (entry,) = tell(fact=Sealed("x"))
        assert place_of(entry).checkpoint.size == Head.objects.get().size

    def test_a_signer_that_fails_undoes_nothing(
        self, settings, key, django_capture_on_commit_callbacks
    ):
        """The act stands, placed in the tree; only the signature is missing."""
        Path(settings.LOG_KEY_FILE).unlink()
        with django_capture_on_commit_callbacks(execute=True):
            (entry,) = tell(fact=Sealed("x"))
        assert Entry.objects.filter(pk=entry.pk).exists()
        assert Leaf.objects.filter(entry=entry).exists()
        assert place_of(entry) is None


def _entry_bytes(extra: bytes) -> bytes:
    return leaf_of(commitment_of(extra[:16], extra[16:]).hex())


@pytest.mark.usefixtures("db", "today")
class TestTheSigner:
    """It remembers outside the database what it signed."""

    def test_it_refuses_a_smaller_tree(self, key):
        """A database that was put back to an earlier day is not signed."""
        tell(5)
        with pytest.raises(ZeroDivisionError), transaction.atomic():
            tell(7)
            seal_now()
            raise ZeroDivisionError
        with pytest.raises(Conflict, match="已签署过"):
            seal_now()

    def test_it_refuses_another_history(self, key):
        """A history that was rewritten and then grew is not signed."""
        with pytest.raises(ZeroDivisionError), transaction.atomic():
            tell(7)
            seal_now()
            raise ZeroDivisionError
        tell(9)
        with pytest.raises(Conflict, match="不一致"):
            seal_now()
        assert newest_checkpoint() is None

    def test_it_refuses_to_start_over(self, key):
        """Without its memory it signs nothing that the database says it signed."""
        tell()
        seal_now()
        memory_file().unlink()
        tell()
        with pytest.raises(Misconfigured, match="log-key --adopt"):
            seal_now()
        call_command("log_key", adopt=True)
        assert seal_now().size == Head.objects.get().size
        with pytest.raises(Conflict):
            call_command("log_key", adopt=True)

    def test_a_memory_that_is_spoilt_is_told(self, key):
        """A broken file is a refusal in words."""
        memory_file().write_text("nonsense")
        with pytest.raises(Misconfigured, match="已损坏"):
            last_signed()

    @pytest.mark.parametrize("spoil", [b"", b"\xff\xfe", b"x\n\n"])
    def test_a_memory_cut_short_or_no_text_is_told(self, key, spoil: bytes):
        """Whatever is left of the file, there are words and no signature."""
        tell()
        seal_now()
        memory_file().write_bytes(spoil)
        tell()
        with pytest.raises(Misconfigured, match="已损坏"):
            seal_now()

    def test_a_memory_put_back_to_an_older_copy_is_refused(self, key):
        """Else a history between the old copy and now could be rewritten and signed."""
        tell()
        seal_now()
        older = memory_file().read_bytes()
        tell()
        seal_now()
        memory_file().write_bytes(older)
        tell()
        with pytest.raises(Conflict, match="换成旧的"):
            seal_now()

    def test_a_memory_that_nobody_signed_is_refused(self, key):
        """Who may write the file but has not the key cannot tell the signer what it signed."""
        tell()
        seal_now()
        head, lines = memory_file().read_text().split("\n\n")
        name, size, root = head.split("\n")
        tell()
        memory_file().write_text(f"{name}\n{int(size) - 1}\n{root}\n\n{lines}")
        with pytest.raises(Misconfigured, match="已损坏"):
            seal_now()

    def test_it_signs_again_what_was_remembered_and_not_stored(self, key):
        """Killed between remembering and storing, it goes on."""
        tell()
        with pytest.raises(ZeroDivisionError), transaction.atomic():
            seal_now()
            raise ZeroDivisionError
        assert newest_checkpoint() is None
        assert seal_now().size == last_signed().size

    def test_keys_are_rotated_by_two_lines(self, settings, key, tmp_path):
        """While keys change hands both sign, and whoever pins either accepts."""
        tell()
        seal_now()
        settings.LOG_OLD_KEY_FILE = settings.LOG_KEY_FILE
        memory = memory_file()
        settings.LOG_KEY_FILE = str(tmp_path / "new.key")
        settings.LOG_STATE_FILE = str(memory)
        new = make_key(Path(settings.LOG_KEY_FILE), settings.LOG_ORIGIN)
        tell()
        note = seal_now().note
        for trusted in (key, new):
            assert open_checkpoint(note, [parse_vkey(trusted.vkey)]).checkpoint.size
        settings.LOG_OLD_KEY_FILE = ""
        tell()
        with pytest.raises(FairdrawError):
            open_checkpoint(seal_now().note, [parse_vkey(key.vkey)])


class TestTheKeyFile:
    """The private key lies in a file that only its owner reads."""

    def test_it_is_made_once_and_read_back(self, key, settings):
        """A second key never overwrites the first."""
        path = Path(settings.LOG_KEY_FILE)
        assert path.stat().st_mode & 0o777 == 0o600
        assert read_key(path).vkey == key.vkey
        with pytest.raises(Conflict):
            make_key(path, settings.LOG_ORIGIN)

    @pytest.mark.parametrize("mode", [0o644, 0o640, 0o604, 0o660])
    def test_it_is_refused_when_others_may_read_it(self, key, settings, mode):
        """The words say how to mend it."""
        Path(settings.LOG_KEY_FILE).chmod(mode)
        with pytest.raises(Misconfigured, match="chmod 600"):
            log_keys()

    @pytest.mark.parametrize("spoil", ["", "x", "PRIVATE+KEY+a+00000000+AAAA", "é"])
    def test_anything_else_is_refused_in_words(self, key, settings, spoil):
        """No file makes a traceback."""
        Path(settings.LOG_KEY_FILE).write_text(spoil)
        with pytest.raises(Misconfigured):
            log_keys()

    def test_any_changed_letter_is_found(self, key, settings):
        """The key's id covers its name and bytes."""
        path = Path(settings.LOG_KEY_FILE)
        text = path.read_text().strip()
        for at in range(0, len(text), 7):
            other = "A" if text[at] != "A" else "B"
            path.write_text(text[:at] + other + text[at + 1 :])
            with pytest.raises(DomainError):
                log_keys()

    def test_a_key_of_another_log_is_refused(self, key, settings):
        """A key signs for the log it is named after."""
        settings.LOG_ORIGIN = "other/log1"
        with pytest.raises(Misconfigured, match="other/log1"):
            log_keys()

    def test_the_command_prints_what_to_pin(self, settings, tmp_path, capsys):
        """It makes the file and prints the public key, never the private one."""
        settings.LOG_KEY_FILE = ""
        with pytest.raises(Invalid):
            call_command("log_key")
        settings.LOG_KEY_FILE = str(tmp_path / "deep" / "log.key")
        call_command("log_key")
        printed = capsys.readouterr().out.strip()
        assert parse_vkey(printed).name == settings.LOG_ORIGIN
        call_command("log_key", show=True)
        assert capsys.readouterr().out.strip() == printed
