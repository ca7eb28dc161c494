"""The log in public: the bytes of C2SP tlog-tiles, a proof beside every published act, and nothing else."""

from __future__ import annotations

import re
from pathlib import Path
from urllib.parse import parse_qsl, urlsplit

import pytest
from django.http import Http404, HttpResponse
from django.test import RequestFactory

from fairdraw.logproof import parse_log_proof, parse_opened
from fairdraw.merkle import leaf_hash, root_of_hashes
from fairdraw.note import Verifier, open_checkpoint
from fairdraw.tiles import Tile, TileTree, hashes_of, parse_entry_bundle, tiles_of
from openlot.accounts.models import Department, User
from openlot.draws.models import Draw
from openlot.inspections.models import Inspection
from openlot.paperwork.filling import log_place
from openlot.portal import log_views
from openlot.portal.log import Compared, compare, proof_text, public_keys
from openlot.publication.models import OpenedEvent, PublicRecord
from openlot.trail.events import REGISTRY
from openlot.trail.keys import make_key
from openlot.trail.models import Cosignature, Entry, Leaf
from openlot.trail.reading import newest_checkpoint, tree_of
from openlot.trail.services import seal_now

pytestmark = pytest.mark.django_db
GET = RequestFactory().get("/")
ENTRY = re.compile(rb'\{"c":"[0-9a-f]{64}","v":1\}\Z')


@pytest.fixture
def signed(settings, tmp_path: Path) -> Verifier:
    """Sign all that the city has done."""
    settings.LOG_KEY_FILE = str(tmp_path / "log.key")
    settings.LOG_PUBLIC_KEY_FILE = f"{settings.LOG_KEY_FILE}.pub"
    made = make_key(Path(settings.LOG_KEY_FILE), settings.LOG_ORIGIN)
    seal_now()
    return Verifier(settings.LOG_ORIGIN, made.public)


def get(tile: Tile) -> bytes:
    """Fetch a tile as anybody does."""
    return log_views.tile(GET, tile.path).content


def test_the_tiles_give_the_signed_root_and_the_entries_give_the_tiles(signed: Verifier):
    """Everything that is served, put together by the rules of the specification."""
    note = log_views.checkpoint(GET).content
    checkpoint = open_checkpoint(note, [signed]).checkpoint
    assert checkpoint.size == Entry.objects.count() > 256
    assert TileTree(checkpoint.size, get).root() == checkpoint.root
    leaves: list[bytes] = []
    for tile in tiles_of(checkpoint.size):
        hashes = hashes_of(get(tile), tile.width)
        if tile.level == 0:
            entries = parse_entry_bundle(get(Tile(None, tile.number, tile.width)), tile.width)
            assert [leaf_hash(entry) for entry in entries] == hashes
            assert all(ENTRY.match(entry) for entry in entries)
            leaves += hashes
    assert root_of_hashes(leaves) == checkpoint.root


def test_narrower_tiles_stay_and_wider_ones_are_not_there_yet(signed: Verifier):
    """An earlier width is the beginning of the later one; what is not signed is not served."""
    size = newest_checkpoint().size
    last = list(tiles_of(size))[0 if size < 256 else size // 256]
    assert last.level == 0
    whole = get(last)
    for width in {1, last.width // 2, last.width - 1} - {0}:
        assert get(Tile(0, last.number, width)) == whole[: 32 * width]
    beyond = [Tile(0, last.number, last.width + 1), Tile(0, last.number + 1, 1), Tile(3, 0, 1)]
    for tile in (*beyond, Tile(None, last.number, last.width + 1)):
        with pytest.raises(Http404):
            get(tile)
    leaf = Leaf.objects.last()
    entry = Entry.objects.exclude(leaf__isnull=False).first()
    assert entry is None and leaf is not None


@pytest.mark.parametrize(
    "path", ["tile/0/0", "tile/0/000.p/0", "tile/../000", "tile/9/999", "tile/"]
)
def test_what_is_no_tile_is_not_found(signed: Verifier, path: str):
    """404, and no other answer."""
    with pytest.raises(Http404):
        log_views.tile(GET, path)


def test_tiles_are_kept_for_ever_and_the_checkpoint_for_seconds(signed: Verifier):
    """Headers of the specification; readable from any other page."""
    size = newest_checkpoint().size
    tile: HttpResponse = log_views.tile(GET, Tile(0, 0).path)
    newest, past = log_views.checkpoint(GET), log_views.past(GET, size)
    assert tile["Content-Type"] == "application/octet-stream"
    assert "immutable" in tile["Cache-Control"]
    assert newest["Content-Type"] == "text/plain; charset=utf-8"
    assert newest["Cache-Control"] == past["Cache-Control"] == "public, max-age=5"
    assert newest.content == past.content
    assert {one["Access-Control-Allow-Origin"] for one in (tile, newest, past)} == {"*"}
    with pytest.raises(Http404):
        log_views.past(GET, size - 1)


def test_cosignatures_stand_below_the_checkpoint(signed: Verifier):
    """In the order in which they came."""
    newest = newest_checkpoint()
    for name in ("b", "a"):
        Cosignature.objects.create(
            size=newest.size, witness=name, line=f"— {name} x\n", at=newest.at
        )
    assert log_views.checkpoint(GET).content.decode().endswith("— b x\n— a x\n")


def test_every_published_act_has_its_proof(signed: Verifier):
    """Plans, announcements, draws, results of the city: the opened event leads to the signed root."""
    opened = list(OpenedEvent.objects.select_related("record"))
    kinds = {one.record.kind for one in opened}
    assert kinds >= {"plan", "announcement", "draw", "result"}
    checkpoint = open_checkpoint(log_views.checkpoint(GET).content, [signed]).checkpoint
    for event in opened[:: max(1, len(opened) // 60)]:
        proof = parse_log_proof(proof_text(event) or "")
        assert proof.leads_to(parse_opened(proof.extra).entry(), checkpoint), event
        assert open_checkpoint(proof.note, [signed]).checkpoint == checkpoint
    first = PublicRecord.objects.filter(opened__isnull=False).first()
    answer = log_views.proof(GET, first.public_id, 1)
    assert answer["Content-Disposition"].endswith('1.tlog-proof"')
    for number in (0, 99):
        with pytest.raises(Http404):
            log_views.proof(GET, first.public_id, number)


def test_an_act_that_waits_for_its_signature_has_no_proof_yet(settings):
    """Nothing is signed: no proof, no checkpoint, no tile."""
    settings.LOG_KEY_FILE = ""
    assert proof_text(OpenedEvent.objects.first()) is None
    for ask in (lambda: log_views.checkpoint(GET), lambda: log_views.tile(GET, "tile/0/000")):
        with pytest.raises(Http404):
            ask()


def test_no_byte_of_the_log_tells_who_what_or_about_whom(signed: Verifier):
    """No kind, department, object, account name or code, in any tile, bundle or checkpoint."""
    size = newest_checkpoint().size
    tiles = list(tiles_of(size))
    tiles += [Tile(None, tile.number, tile.width) for tile in tiles if tile.level == 0]
    data = b"\0".join(get(tile) for tile in tiles) + log_views.checkpoint(GET).content
    words = list(REGISTRY)
    words += Department.objects.values_list("code", flat=True)
    words += User.objects.values_list("username", flat=True)
    words += Entry.objects.values_list("subject", flat=True).distinct()
    words += Inspection.objects.values_list("check_code", flat=True)
    # Three letters or fewer may stand in random bytes by chance.
    told = [word for word in words if len(word) > 3 and word.encode() in data]
    assert told == []


def test_the_public_key_is_read_from_its_file(signed: Verifier, settings, tmp_path: Path):
    """Two keys while one is rotated; none from a file that is missing or wrong."""
    assert public_keys() == [signed]
    settings.LOG_PUBLIC_KEY_FILE = str(tmp_path / "two")
    (tmp_path / "two").write_text(f"{signed.text}\n{signed.text}\n")
    assert len(public_keys()) == 2
    for content in (b"no+key", b"\xff"):
        (tmp_path / "two").write_bytes(content)
        assert public_keys() == []
    settings.LOG_PUBLIC_KEY_FILE = ""
    assert public_keys() == []


def test_the_code_on_a_sheet_leads_to_what_the_log_says_about_it(signed: Verifier, settings):
    """The address that a phone's camera reads: same, changed, from tomorrow, unreadable."""
    draw = Draw.objects.filter(state="matched").order_by("pk")[0]
    place = log_place(draw, "draw.drawn")
    assert place is not None
    address = urlsplit(place.url)
    assert f"{address.scheme}://{address.netloc}" == settings.PORTAL_URL
    assert address.path == "/log/"
    asked = dict(parse_qsl(address.query))
    assert compare(**asked) == Compared(place.size, "same")
    changed = place.root[:-1] + ("0" if place.root[-1] != "0" else "1")
    for size, root, verdict in (
        (str(place.size), changed, "differs"),
        (str(place.size - 1), place.root, "differs"),
        (str(10**9), place.root, "ahead"),
        (str(place.size), "<script>", "unread"),
        ("0", place.root, "unread"),
        ("-1", "", "unread"),
        ("", place.root, "unread"),
        ("1" * 99, place.root, "unread"),
        ("١", place.root, "unread"),
    ):
        assert compare(size, root).verdict == verdict, (size, root)
    assert compare("", "") is None


def test_any_size_of_the_past_can_be_compared(signed: Verifier):
    """Not only sizes that were signed: the root of every size follows from the tiles."""
    newest = newest_checkpoint()
    for size in (1, 2, 255, 256, 257, newest.size - 1, newest.size):
        root = tree_of(newest.size).root_at(size).hex()
        assert compare(str(size), root.upper()).verdict == "same"
