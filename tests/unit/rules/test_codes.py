"""Codes, numbers, ratios, results."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fairdraw.allocate import quota
from openlot.ops.demo.policies import RESULT_CODES
from openlot.rules.credit_code import (
    ALPHABET,
    code_fault,
    make_registration_no,
    make_uscc,
    registration_fault,
)
from openlot.rules.document_numbers import parse_document_number
from openlot.rules.industry import parse_industry
from openlot.rules.law import CLAUSES
from openlot.rules.outcomes import CodeTable, check_combination, demanded_follow_ups, overall
from openlot.rules.ratios import SmallPool, quotas, rises, spread, taken
from openlot.rules.repair import compact, narrow, parse_day, parse_end

TABLE = CodeTable.parse(RESULT_CODES, version="test/1")


@pytest.mark.parametrize(
    "code",
    [
        "11341600MB1543234K",
        "11341700003244772R",
        "91350100M000100Y43",
        "91341282MA2TGX012Y",
    ],
)
def test_real_codes_are_good(code: str):
    """Codes of real bodies pass both checks."""
    assert code_fault(code) == ""


@given(st.text(ALPHABET, min_size=6, max_size=6), st.integers(0, 17), st.sampled_from(ALPHABET))
def test_any_single_substitution_is_found(serial: str, at: int, other: str):
    """A synthetic code is good; changing one character is always found."""
    code = make_uscc("91", "341282", "MA" + serial)
    assert code_fault(code) == ""
    changed = code[:at] + other + code[at + 1 :]
    assert changed == code or code_fault(changed) != ""


def test_faults_are_named():
    """Length, alphabet and check digit are told apart."""
    assert code_fault("9134") == "length"
    assert code_fault("91341282MA2TGX012O") == "alphabet"
    assert code_fault("11370303K213135612") == "check"
    assert registration_fault("341282000012340") == ""
    assert registration_fault("341282000012341") == "check"
    assert registration_fault(make_registration_no("341282", 42)) == ""


@pytest.mark.parametrize(
    "text", ["界政发〔2020〕9号", "界政发[2020]9号", "界政发﹝2020﹞9号", " 界政发(2020)9号"]
)
def test_document_numbers(text: str):
    """Every kind of bracket becomes the right one."""
    assert str(parse_document_number(text)) == "界政发〔2020〕9号"
    with pytest.raises(ValueError, match="document number"):
        parse_document_number("界政发2020年9号")


def test_repairs():
    """Full width, spaces and date forms are mended; impossible days are not."""
    assert compact("９１３４１２８２ＭＡＵ５ ") == "91341282MAU5"
    assert narrow("　Ａ１ ") == "A1"
    days = {
        parse_day(t).isoformat() for t in ("2023年10月5日", "20231005", "2023/10/5", "2023-10-05")
    }
    assert days == {"2023-10-05"}
    assert parse_end("长期") is None
    with pytest.raises(ValueError):
        parse_day("2023-02-30")
    assert parse_industry("F5211") == "F5211"
    with pytest.raises(ValueError):
        parse_industry("A99")


@pytest.mark.law("JZF2020-9/2.7")
def test_ratios():
    """Ratios rise with risk, small pools have a floor, totals spread exactly."""
    assert rises({"A": 1, "B": 1, "C": 2, "D": 9})
    assert not rises({"A": 3, "B": 1, "C": 2, "D": 9})
    small = SmallPool(10, 2)
    assert quotas({"S": 8}, {"S": 5000}, small_pool=small) == {"S": "ratio:5000/10000:up"}
    assert quotas({"S": 8}, {"S": 1000}, small_pool=small) == {"S": "fixed:2"}
    assert quotas({"S": 1}, {"S": 0}, small_pool=small) == {"S": "fixed:1"}
    assert quotas({"S": 11}, {"S": 0}, small_pool=small) == {"S": "ratio:0/10000:up"}
    assert quotas({"S": 9}, {"S": 10_000}) == {"S": "all"}
    assert quotas({"S": 9}, {"S": 5000}, min_count=2, max_count=4) == {"S": "fixed:4"}
    assert quotas({"S": 9}, {"S": 100}, min_count=6, max_count=4) == {"S": "fixed:4"}
    assert taken(0, 3000, "up") == 0


@given(
    st.dictionaries(
        st.sampled_from(["S1", "S2", "S3", "S4"]),
        st.tuples(st.integers(0, 40), st.integers(0, 10_000)),
        min_size=1,
    ),
    st.integers(0, 60),
    st.integers(0, 60),
    st.sampled_from(["up", "down", "half"]),
)
def test_quotas_keep_their_bounds(rows, at_least: int, at_most: int, rounding: str):
    """The total stays between the bounds; a raised stratum never falls below its ratio."""
    sizes = {name: size for name, (size, _) in rows.items()}
    ratios = {name: bp for name, (_, bp) in rows.items()}
    rules = quotas(sizes, ratios, rounding, min_count=at_least, max_count=at_most)
    drawn = {name: quota(rule, sizes[name]) for name, rule in rules.items()}
    plain = {name: taken(sizes[name], ratios[name], rounding) for name in sizes}
    total, given_ = sum(drawn.values()), sum(plain.values())
    most = at_most or sum(sizes.values())
    assert total == min(most, max(given_, min(at_least, sum(sizes.values()))))
    assert all(0 <= drawn[name] <= sizes[name] for name in sizes)
    if total >= given_:
        assert all(drawn[name] >= plain[name] for name in sizes)


@given(
    st.dictionaries(st.sampled_from(["S1", "S2", "S3", "S4"]), st.integers(0, 50), min_size=1),
    st.integers(0, 50),
)
def test_spread_adds_up(sizes: dict[str, int], total: int):
    """Largest remainders add up and never exceed a stratum."""
    total = min(total, sum(sizes.values()))
    shares = spread(total, sizes)
    assert sum(shares.values()) == total
    assert all(0 <= shares[name] <= size for name, size in sizes.items())


def test_results_are_never_softened():
    """The overall result is the worst; terminal facts override; no problem stands alone."""
    assert overall([["RC01"], ["RC05"]], [], TABLE) == ["RC05"]
    assert overall([["RC01"], ["RC01"]], [], TABLE) == ["RC01"]
    assert overall([["RC05"], ["RC08"]], [], TABLE) == ["RC08", "RC05"]
    assert overall([["RC01"]], ["RC15"], TABLE) == ["RC15"]
    assert check_combination(["RC01", "RC05"], TABLE, "item")
    assert not check_combination(["RC02", "RC05"], TABLE, "item")
    assert check_combination([], TABLE, "item")[0].reason == "missing"
    assert demanded_follow_ups(["RC05"], TABLE) == [("RC05", "责令改正并复查")]


def test_every_clause_of_an_arrow_is_known():
    """Each arrow names a clause of the law table."""
    from importlib import import_module

    from openlot.lifecycle.arrows import MACHINES

    for app in ("items", "registers", "plans", "tasks", "draws", "inspections", "results"):
        import_module(f"openlot.{app}.machine")
    named = {arrow.law for machine in MACHINES.values() for arrow in machine.arrows.values()}
    assert named <= set(CLAUSES)
