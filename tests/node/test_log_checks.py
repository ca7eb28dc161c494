"""The log's proofs in the browser's modules, run by Node: they agree with `fairdraw` in every case."""

from __future__ import annotations

import json
import re
from random import Random
from typing import Any

import pytest
from node.test_javascript import HERE, NODE, ROOT, run_node
from toylog import Eye, Log, key

from fairdraw.errors import FairdrawError
from fairdraw.logproof import Opened, parse_log_proof, parse_opened
from fairdraw.note import open_checkpoint
from fairdraw.tiles import Tile, tiles_of

pytestmark = pytest.mark.skipif(NODE is None, reason="no node here")

BODY = '{"kind":"draw.drawn","public":{"编号":"2026-1","n":3},"v":2}'.encode()
OPENED = Opened(bytes(range(16)), BODY)
EYE = Eye()


def log_of(size: int, at: int) -> Log:
    """Return a log in which the opened event stands somewhere."""
    log = Log.of(size)
    log.entries[at] = OPENED.entry()
    return log


LOG = log_of(700, 420)
TILES = {tile.path: LOG.tile(tile).hex() for tile in tiles_of(700)}
KEYS = {"keys": [LOG.verifier.text], "witnesses": [EYE.verifier.text]}
NEWEST = LOG.note(None, EYE.line(LOG.checkpoint().text()))


def ask(*tasks: dict[str, Any]) -> list[dict[str, Any]]:
    """Check each as the page does."""
    lines = "".join(json.dumps(task) + "\n" for task in tasks)
    return [
        json.loads(line)
        for line in run_node(str(HERE / "check_log.mjs"), given=lines).split("\n")
        if line
    ]


def states(answer: dict[str, Any]) -> dict[str, str]:
    """Return how each step ended."""
    return {step["id"]: step["state"] for step in answer["steps"]}


def test_proofs_of_logs_of_every_shape_are_accepted():
    """Sizes around each power of two, first, last and some entry; the event's fields are shown."""
    tasks = []
    chance = Random(4)
    for size in (1, 2, 3, 7, 8, 9, 255, 256, 257, 300):
        for at in {0, size - 1, chance.randrange(size)}:
            proof = log_of(size, at).proof(at, OPENED)
            tasks.append({"proof": proof.text().encode().hex(), **KEYS})
    for answer in ask(*tasks):
        assert states(answer) == {
            "proof": "ok",
            "event": "ok",
            "signature": "ok",
            "witness": "open",
            "inclusion": "ok",
        }
        fields = {
            fact["values"]["name"]: fact["values"]["value"] for fact in answer["steps"][1]["facts"]
        }
        assert fields == {"kind": "draw.drawn", "public.编号": "2026-1", "public.n": "3", "v": "2"}


def test_where_no_witness_is_set_up_none_is_missed():
    """A city without witnesses is not told of a step that nobody could take."""
    (answer,) = ask({"checkpoint": NEWEST.encode().hex(), "keys": KEYS["keys"]})
    assert (answer["ok"], answer["open"]) == (True, 0)
    assert states(answer) == {"checkpoint": "ok", "signature": "ok"}


def test_both_accept_and_refuse_the_same_mutants():
    """One letter of a proof changed, added or taken: what one refuses the other refuses."""
    text = LOG.proof(420, OPENED, NEWEST).text()
    chance, mutants = Random(8), [text]
    while len(mutants) < 400:
        at = chance.randrange(len(text))
        letter = chance.choice(("", "A", "0", "\n", " ", "—", "=", "+", "\u3000", "\t", "\ufeff"))
        changed = text[:at] + letter + text[at + chance.randrange(2) :]
        if changed != text:
            mutants.append(changed)
    answers = ask(*({"proof": text.encode().hex(), **KEYS} for text in mutants))
    different = [
        (text, found["steps"][-1])
        for text, found in zip(mutants, answers, strict=True)
        if found["ok"] != accepted(text)
    ]
    assert different == []
    assert answers[0]["ok"]
    assert sum(not one["ok"] for one in answers) > 300


def accepted(text: str) -> bool:
    """Say whether Python accepts a proof."""
    try:
        proof = parse_log_proof(text)
        opened = parse_opened(proof.extra) if proof.extra else None
        sealed = open_checkpoint(proof.note, [LOG.verifier], [EYE.verifier])
    except FairdrawError:
        return proof_is_short(text)
    return opened is None or proof.leads_to(opened.entry(), sealed.checkpoint)


def proof_is_short(text: str) -> bool:
    """A proof whose extra is too short to be an event is one that opens none, for the page."""
    try:
        proof = parse_log_proof(text)
        open_checkpoint(proof.note, [LOG.verifier], [EYE.verifier])
    except FairdrawError:
        return False
    return 0 < len(proof.extra) <= 16


def test_an_older_state_from_paper_is_found_in_the_log_of_now():
    """Size and root of before, out of tiles; few of them are asked for."""
    task = {"proof": LOG.proof(420, OPENED).text().encode().hex(), "newest": NEWEST, **KEYS}
    papers = [paper_of(LOG, size) for size in (1, 255, 256, 257, 421, 699, 700)]
    for answer in ask(*({**task, "tiles": TILES, "paper": paper} for paper in papers)):
        assert answer["ok"], answer
        assert states(answer)["growth-paper"] == "ok"
        assert len(set(answer["asked"])) <= 5


def paper_of(log: Log, size: int) -> dict[str, Any]:
    """Return what a draw record would have printed."""
    return {"size": size, "root": log.checkpoint(size).root.hex()}


def test_a_rewritten_history_is_told_from_wrong_tiles():
    """A paper that the log contradicts; a server whose tiles are not those of its checkpoint."""
    task = {"checkpoint": NEWEST.encode().hex(), "tiles": TILES, **KEYS}
    first, last = Tile(0, 1).path, Tile(0, 2, 188).path
    rewritten, spoilt, other, offline = ask(
        {**task, "paper": paper_of(Log.of(300), 300) | {"root": "00" * 32}},
        {**task, "paper": paper_of(LOG, 300), "tiles": {**TILES, first: "00" * 8192}},
        {**task, "paper": paper_of(LOG, 300), "tiles": {**TILES, last: "00" * 5}},
        {**task, "paper": paper_of(LOG, 300), "tiles": {}},
    )
    told = [one["steps"][-1]["code"] for one in (rewritten, spoilt, other)]
    assert told == ["rewritten", "wrong-tiles", "wrong-tiles"]
    assert not rewritten["ok"] and not spoilt["ok"]
    assert states(offline)["growth-paper"] == "open"


def test_what_was_seen_before_must_still_be_there():
    """The same size with another root, and a log that has become smaller."""
    task = {
        "newest": LOG.note(300),
        "tiles": {t.path: LOG.tile(t).hex() for t in tiles_of(300)},
        **KEYS,
    }
    same, grown, forked, shrunk, cut = ask(
        {**task, "known": paper_of(LOG, 300)},
        {**task, "known": paper_of(LOG, 200)},
        {**task, "known": {"size": 300, "root": "11" * 32}},
        {**task, "known": paper_of(LOG, 301)},
        {**task, "checkpoint": NEWEST.encode().hex()},
    )
    assert same["ok"] and grown["ok"]
    told = [one["steps"][-1]["code"] for one in (forked, shrunk, cut)]
    assert told == ["rewritten", "smaller", "smaller"]


def test_a_stranger_or_a_forger_is_refused():
    """Another key, a log of another name, a witness's wrong line."""
    other = Log.of(9, private=key(9))
    wrong = LOG.note(None, EYE.line("another text\n"))
    found = ask(
        {"checkpoint": other.note().encode().hex(), **KEYS},
        {"checkpoint": wrong.encode().hex(), **KEYS},
        {"checkpoint": NEWEST.encode().hex(), "keys": [EYE.verifier.text]},
        {"checkpoint": NEWEST.encode().hex(), **KEYS},
    )
    assert [one["ok"] for one in found] == [False, False, False, True]
    assert [one["steps"][-1]["code"] for one in found[:3]] == [
        "no-known-key",
        "wrong-signature",
        "other-log",
    ]
    assert states(found[3]) == {"checkpoint": "ok", "signature": "ok", "witness": "ok"}


def test_every_code_has_words_and_every_word_a_use():
    """What the modules can say is what the page has words for, no more and no less."""
    from openlot.portal.log_words import FACTS, PAGE, REASONS, STEPS

    folder = ROOT / "src" / "openlot" / "portal" / "static" / "portal" / "log"
    code = "\n".join(path.read_text() for path in sorted(folder.glob("*.js")))
    assert {f"bad.{one}" for one in re.findall(r'Refusal\(\s*"([a-z0-9-]+)"', code)} == set(REASONS)
    steps = set(re.findall(r'steps\.run\(\s*"([a-z-]+)"', code))
    steps |= {f"growth-{one}" for one in re.findall(r'\{ code: "([a-z]+)", isNow', code)}
    assert {f"step.{one}" for one in steps} == {word for word in STEPS if word.startswith("step.")}
    assert {f"fact.{one}" for one in re.findall(r'code: "([a-z-]+)", values', code)} == set(FACTS)
    for word in PAGE:
        assert f'"{word}"' in code, word
