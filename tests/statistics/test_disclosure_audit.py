"""The auditor against every table that the published figures allow, written out; worked numbers by hand."""

from itertools import product

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hub.statistics.disclosure.audit import Audit, Verdict, audit, audit_insiders, audit_rounded
from hub.statistics.disclosure.intervals import Contradiction, intervals
from hub.statistics.disclosure.model import (
    TOTAL,
    Cell,
    Equation,
    Profile,
    Published,
    sensitive_cells,
    together,
    two_way,
    with_blanks,
)
from hub.statistics.disclosure.rounding import round5
from tests.statistics.tables import WORKED, blanks_enumerated, table, tables

PROFILE = Profile("partnership")
SUMS = two_way(("P", "Q", "R"), ("a", "b"))
PA, PB, QA, QB, RA, RB = product("PQR", "ab")


def audited(blank: list[Cell], *, least: int = 0, profile: Profile = PROFILE) -> Audit:
    return audit(with_blanks(WORKED, blank, SUMS, least=least), {PA}, profile=profile, solve_out=True)


def ends(found: Audit) -> dict[Cell, tuple[int, int | None]]:
    return {judged.cell: (judged.interval.low, judged.interval.high) for judged in found.cells}


def verdicts(found: Audit) -> dict[Cell, Verdict]:
    return {judged.cell: judged.verdict for judged in found.cells}


def test_two_blanks_in_a_row_are_given_away_by_their_columns():
    found = audited([PA, PB])
    assert ends(found) == {PA: (2, 2), PB: (18, 18)}
    assert set(verdicts(found).values()) == {Verdict.EXACT}
    assert not found.is_safe


def test_four_blanks_protect_each_other():
    found = audited([PA, PB, RA, RB])
    assert ends(found) == {PA: (0, 18), PB: (2, 20), RA: (0, 18), RB: (7, 25)}
    assert found.is_safe
    assert found.n_points == 4


def test_readers_who_know_that_noughts_are_shown_know_more():
    assert ends(audited([PA, PB, RA, RB], least=1))[PA] == (1, 17)


def test_verdicts_come_in_their_order():
    # one sum of two: total - partner
    sums = (Equation(("t",), (("x",), ("y",))),)

    def verdict(total: int, least: int, width: int | None = None) -> Verdict:
        published = Published({("t",): (total, total), ("x",): (least, None), ("y",): (least, None)}, sums)
        profile = Profile("p", width=width)
        return verdicts(audit(published, {("x",)}, profile=profile))[("x",)]

    assert verdict(2, 1) is Verdict.EXACT  # 1 and 1
    assert verdict(4, 0) is Verdict.KNOWN_SMALL  # 0..4
    assert verdict(5, 0) is Verdict.OK  # 0..5
    assert verdict(5, 0, width=6) is Verdict.NARROW
    assert verdict(5, 1) is Verdict.KNOWN_SMALL  # 1..4


def test_two_blanks_in_every_row_and_column_are_not_enough():
    # The blanks of rows 1, 2 and columns 1, 2 are tied; rows 3, 4 with columns 3, 4 alike: the sum over rows 1 and 2
    # less the sum over columns 1 and 2 is the one blank that joins them.
    values = table([[9, 9, 3, 7], [9, 9, 7, 7], [7, 7, 9, 9], [7, 7, 9, 9]])
    rows, columns = [str(i) for i in range(4)], [str(i) for i in range(4)]
    blank = [(r, c) for r, c in product("01", "01")] + [(r, c) for r, c in product("23", "23")] + [("0", "2")]
    found = audit(with_blanks(values, blank, two_way(rows, columns), least=0), {("0", "2")}, profile=PROFILE)
    assert [judged.cell for judged in found.unsafe] == [("0", "2")]
    assert found.unsafe[0].verdict is Verdict.EXACT


def test_a_blank_without_upper_limit_is_safe_and_said_to_have_none():
    published = Published(
        {("t",): (0, None), ("x",): (0, None), ("y",): (7, 7)}, (Equation(("t",), (("x",), ("y",))),)
    )
    found = audit(published, {("x",)}, profile=PROFILE, solve_out=True)
    assert ends(found) == {("t",): (7, None), ("x",): (0, None)}
    assert found.is_safe


def test_figures_that_contradict_each_other_are_named_and_stop_the_release():
    wrong = {**WORKED, (TOTAL, "a"): 42}
    found = audit(with_blanks(wrong, [], SUMS, least=0), (), profile=PROFILE)
    assert not found.is_safe
    assert found.contradiction is not None
    assert {equation.total for equation in found.contradiction.equations} == {(TOTAL, "a"), (TOTAL, TOTAL)}
    hidden = audit(with_blanks(wrong, [PA, RA, PB, RB], SUMS, least=0), {PA}, profile=PROFILE)
    assert hidden.contradiction is not None and hidden.contradiction.equations


def test_a_cell_told_two_ways_is_a_contradiction():
    one, other = with_blanks(WORKED, [], SUMS, least=0), with_blanks({PA: 3}, [], (), least=0)
    assert intervals(together(one, other), [PA]) == Contradiction((PA,), ())


def test_an_agency_knows_its_own_row_so_two_agencies_protect_neither_from_the_other():
    values = table([[2, 18], [8, 12]])
    sums = two_way(("0", "1"), ("0", "1"))
    blank = list(product("01", "01"))
    published = with_blanks(values, blank, sums, least=0)
    small = sensitive_cells(values, PROFILE)
    assert audit(published, small, profile=PROFILE).is_safe
    own = {"agency 1": {("1", "0"): 8, ("1", "1"): 12}}
    inside = audit_insiders(published, small, own, profile=PROFILE)["agency 1"]
    assert verdicts(inside)[("0", "0")] is Verdict.EXACT


def test_a_month_is_given_away_by_two_years_to_date():
    # January 9, February 3 blank; year to date shown at both ends.
    january, february, to_date = ("jan",), ("feb",), ("ytd feb",)
    first = with_blanks({january: 9}, [], (), least=0)
    second = with_blanks({to_date: 12, february: 3}, [february], (), least=0)
    sums = Published(
        {january: (0, None), february: (0, None), to_date: (0, None)},
        (Equation(to_date, (january, february)),),
    )
    assert audit(second, {february}, profile=PROFILE).is_safe
    both = audit(together(first, second, sums), {february}, profile=PROFILE)
    assert verdicts(both) == {february: Verdict.EXACT}


def test_a_cell_once_shown_stays_known_though_it_is_blank_later():
    first, second = (with_blanks({PA: 2}, blank, (), least=0) for blank in ([], [PA]))
    assert verdicts(audit(together(first, second), {PA}, profile=PROFILE)) == {PA: Verdict.EXACT}


def test_the_same_release_twice_changes_no_verdict():
    once = with_blanks(WORKED, [PA, PB, RA, RB], SUMS, least=0)
    assert together(once, once) == once


def test_a_sum_of_nothing_known_is_refused():
    with pytest.raises(ValueError, match="no cell"):
        Published({}, SUMS)


def test_parts_rounded_down_under_a_total_rounded_up_are_known_to_be_small():
    sums = (Equation(("t",), (("x",), ("y",))),)
    # 1 + 2 = 3: shown 0, 0 and 5. The total is 3..7 and the parts at most 2 each: both are 1 or 2.
    found = audit_rounded({("t",): 5, ("x",): 0, ("y",): 0}, sums, profile=PROFILE, solve_out=True)
    assert ends(found) == {("t",): (3, 4), ("x",): (1, 2), ("y",): (1, 2)}
    assert not found.is_safe
    assert audit_rounded({("t",): 10, ("x",): 5, ("y",): 5}, sums, profile=PROFILE).is_safe


def test_rounding_to_five():
    assert [round5(count) for count in range(8)] == [0, 0, 0, 5, 5, 5, 5, 5]
    with pytest.raises(ValueError, match="negative"):
        round5(-1)


@settings(max_examples=40, deadline=None)
@given(tables(most=3), st.data(), st.sampled_from([0, 1]))
def test_intervals_are_those_of_all_tables_written_out(made, data, least):
    values, sums = made
    may_blank = sorted(cell for cell in values if values[cell] >= least and cell != (TOTAL, TOTAL))
    blank = data.draw(st.lists(st.sampled_from(may_blank), max_size=6, unique=True)) if may_blank else []
    found = intervals(with_blanks(values, blank, sums, least=least), blank)
    assert not isinstance(found, Contradiction)
    written_out = blanks_enumerated(values, blank, sums, least=least, most=values[TOTAL, TOTAL])
    assert {cell: (interval.low, interval.high) for cell, interval in found.items()} == written_out


@settings(max_examples=20, deadline=None)
@given(tables(most=30), st.data())
def test_one_more_blank_never_narrows_an_interval(made, data):
    values, sums = made
    cells = sorted(values)
    blank = data.draw(st.lists(st.sampled_from(cells), min_size=1, unique=True))
    more = {*blank, data.draw(st.sampled_from(cells))}
    before = intervals(with_blanks(values, blank, sums, least=0), blank)
    after = intervals(with_blanks(values, more, sums, least=0), blank)
    assert not isinstance(before, Contradiction) and not isinstance(after, Contradiction)
    for cell, was in before.items():
        now = after[cell]
        assert now.low <= was.low <= values[cell]
        assert now.high is None or (was.high is not None and now.high >= was.high)


@settings(max_examples=20, deadline=None)
@given(tables(most=30), st.data())
def test_an_audit_that_stops_early_gives_the_verdicts_of_one_that_does_not(made, data):
    values, sums = made
    blank = data.draw(st.lists(st.sampled_from(sorted(values)), unique=True))
    published = with_blanks(values, blank, sums, least=0)
    small = sensitive_cells(values, PROFILE) & set(blank)
    quick = audit(published, small, profile=PROFILE)
    whole = audit(published, small, profile=PROFILE, solve_out=True)
    assert verdicts(quick) == verdicts(whole)
