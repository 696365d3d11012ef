"""A personal breakdown of several agencies: told once, as it stood when all were in, and no agency takes its own away from it."""

from __future__ import annotations

from hypothesis import example, given, settings
from hypothesis import strategies as st

from hub.measures.several_agencies import Row, first_whole, read_together_of, summed
from hub.periods import parse
from tests.measures.attacker import PROFILE, Notes

MAY = parse("2014-05")


def sent(agency: int, position: int, **lines: int) -> list[Row]:
    return [Row(MAY, agency, position, line, count) for line, count in lines.items()]


def test_a_period_is_told_as_it_stood_when_the_last_agency_first_signed() -> None:
    rows = [*sent(1, 1, neglect=9), *sent(2, 2, neglect=7), *sent(1, 3, neglect=8)]
    assert first_whole(rows, {MAY: {1, 2, 3}}) == {}, "the third is not in"
    rows += [*sent(3, 4, neglect=6), *sent(2, 5, neglect=70)]  # the second corrects afterwards
    assert {line: n for line, n in summed(first_whole(rows, {MAY: {1, 2, 3}})[MAY]).items()} == {
        "neglect": 21
    }
    assert first_whole(rows, {}) == {}, "nobody is known to owe it"


def test_lines_are_read_together_so_that_no_agency_can_take_its_own_away() -> None:
    # Sexual abuse: 20 + 2 = 22, but to the first agency the rest is 2; with emotional abuse it is 2 + 9.
    lines = {
        1: {"neglect": 30, "emotional": 20, "sexual": 20},
        2: {"neglect": 30, "emotional": 9, "sexual": 2},
        3: {"neglect": 30, "emotional": 9, "sexual": 0},
    }
    assert read_together_of({MAY: lines}, PROFILE.threshold) == {MAY: {"emotional", "sexual"}}
    # Between two agencies each reads the other's lines: with a small one no line is told alone.
    two = {1: {"neglect": 30, "sexual": 30}, 2: {"neglect": 3, "sexual": 40}}
    assert read_together_of({MAY: two}, PROFILE.threshold) == {MAY: {"neglect", "sexual"}}


def test_small_totals_do_not_hide_a_small_line_of_a_large_agency() -> None:
    """Totals of 2 and 3 leave the third agency's eight: five are line c, so that each of its other lines is at most three."""
    lines = {
        1: {"a": 0, "b": 0, "c": 0, "d": 2},
        2: {"a": 0, "b": 0, "c": 5, "d": 3},
        3: {"a": 0, "b": 1, "c": 0, "d": 2},
    }
    assert read_together_of({MAY: lines}, PROFILE.threshold) == {}


tables = st.integers(2, 5).flatmap(
    lambda agencies: st.lists(
        st.lists(st.integers(0, 14), min_size=4, max_size=4), min_size=agencies, max_size=agencies
    )
)


@settings(max_examples=60, deadline=None)
@example([[0, 0, 0, 1], [0, 0, 0, 5], [0, 0, 5, 0], [0, 0, 5, 4]])  # the first two leave four of line d
@given(tables)
def test_nobody_works_out_a_small_line_of_another_agency(counts: list[list[int]]) -> None:
    """With what lines and agencies come to, as a reader outside and as each of the agencies."""
    lines = {agency: dict(zip("abcd", own, strict=True)) for agency, own in enumerate(counts)}
    together = read_together_of({MAY: lines}, PROFILE.threshold)
    if MAY not in together:
        return
    notes = Notes()
    for line, total in summed(lines).items():
        if line not in together[MAY]:
            notes.adds_up(
                ("all", line), total, {(str(agency), line): own[line] for agency, own in lines.items()}
            )
    for agency, own in lines.items():
        parts = {(str(agency), line): count for line, count in own.items()}
        notes.adds_up((str(agency), "total"), sum(own.values()), parts)
    for agency, own in lines.items():
        if sum(own.values()) < PROFILE.threshold:  # its total is shown, and tells that no line has more
            for line, count in own.items():
                notes.shown((str(agency), line), count)
                del notes.truth[str(agency), line]
    for knowing in ("", *map(str, lines)):
        own_cells = [cell for cell in notes.truth if cell[0] == knowing]
        small = notes.solved(own=own_cells).unsafe
        assert not [each for each in small if 0 < notes.truth.get(each.cell, 0) < PROFILE.threshold], small
