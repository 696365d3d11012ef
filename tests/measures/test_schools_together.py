"""What single schools send enters others' totals several schools at a time: by hand, and as a reader of every day's total."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

from hypothesis import given, settings
from hypothesis import strategies as st

from hub.measures.profiles import DisclosureProfile, chosen
from hub.measures.schools_together import Sent, told
from tests.measures.attacker import Notes

DUE = date(2014, 5, 1)


def on(day: int, **sent: int | None) -> list[Sent]:
    """Schools named s1, s2, … that sent a number on a day of April."""
    return [
        Sent(int(name[1:]), value, date(2014, 4, 1) + timedelta(days=day)) for name, value in sent.items()
    ]


def counted(sent: list[Sent], owing: int, *, today: date = date(2014, 5, 2)) -> dict[int, int | None]:
    """School → the number of it that is counted; those of whom none is are left out."""
    found = told(sent, owing, DUE, today, profile=chosen("partnership"))
    return {school: each.value for school, each in found.items() if each is not None}


def test_four_schools_wait_for_a_fifth() -> None:
    four = on(1, s1=3, s2=4, s3=2, s4=6)
    assert counted(four, 4, today=date(2014, 6, 30)) == {}
    assert counted([*four, *on(2, s5=1)], 5) == {1: 3, 2: 4, 3: 2, 4: 6, 5: 1}


def test_another_profile_for_what_was_told_already_would_tell_a_school() -> None:
    """Why a partnership keeps the profile that it had when its first figure was signed, stricter ones included (docs/disclosure.md)."""
    usual = chosen("partnership")
    stricter = replace(usual, fewest_schools=6)
    six = on(1, s1=3, s2=4, s3=2, s4=6, s5=4, s6=2)

    def total(profile: DisclosureProfile) -> int:
        found = told(six, 40, DUE, date(2014, 4, 3), profile=profile)
        return sum(each.value or 0 for each in found.values() if each is not None)

    assert (total(usual), total(stricter)) == (19, 21), (
        "each is safe alone; together they tell that the sixth sent 2"
    )


def test_five_wait_whose_numbers_one_of_them_could_tell() -> None:
    # 12 + 1 + 1 + 1 + 1: the one with twelve would know that the others have four together
    assert counted(on(1, s1=12, s2=1, s3=1, s4=1, s5=1), 5) == {}
    assert len(counted(on(1, s1=12, s2=1, s3=1, s4=1, s5=2), 5)) == 5
    assert len(counted(on(1, s1=0, s2=0, s3=0, s4=0, s5=0), 5)) == 5  # nobody is no child to point to


def test_the_last_few_are_waited_for_until_a_month_after_the_due_day() -> None:
    six = on(1, s1=3, s2=4, s3=2, s4=6, s5=4, s6=2)
    assert counted(six, 8) == {}
    assert len(counted([*six, *on(2, s7=1, s8=1)], 8)) == 8
    assert len(counted(six, 8, today=date(2014, 6, 1))) == 6
    assert (
        len(counted([*six, *on(70, s7=1)], 8, today=date(2014, 7, 1))) == 6
    )  # too late to be told with others


def test_a_correction_is_told_as_long_as_the_sum_still_hides_it() -> None:
    # 3 + 4 + 2 + 6 + 4 = 19, of which 13 are not the school's with six
    five = on(1, s1=3, s2=4, s3=2, s4=6, s5=4)
    assert counted([*five, *on(3, s1=40)], 5)[1] == 40
    assert (
        counted([*five, *on(3, s1=0)], 5)[1] == 0
    )  # it had three at least; ten are hidden from the one with six
    small = on(1, s1=3, s2=4, s3=1, s4=0, s5=0)
    assert counted([*small, *on(3, s1=0)], 5) == {}  # four at most for the one with four: the five wait


def test_a_blank_is_no_number() -> None:
    found = told(on(1, s1=None), 5, DUE, DUE, profile=chosen("partnership"))
    assert found[1] is not None and found[1].value is None


sendings = st.lists(st.tuples(st.integers(1, 12), st.integers(0, 6)), min_size=5, max_size=30)


@settings(max_examples=80, deadline=None)
@given(sendings)
def test_who_reads_the_total_after_every_sending_works_out_no_small_number(
    sent: list[tuple[int, int]],
) -> None:
    """Twelve schools sign and correct in any order; the reader has every total, and is nobody or one of the schools."""
    days = [Sent(school, value, DUE + timedelta(days=n - 20), n) for n, (school, value) in enumerate(sent)]
    notes = Notes()
    for n in range(1, len(days) + 1):
        found = told(days[:n], 12, DUE, days[n - 1].on, profile=chosen("partnership"))
        parts = {
            ("school", str(one.school), str(one.number)): one.value or 0
            for one in found.values()
            if one is not None
        }
        if parts:
            notes.adds_up(("total", str(sorted(parts))), sum(parts.values()), parts)
    for school in (None, *range(1, 13)):
        own = [cell for cell in notes.truth if cell[1] == str(school)]
        assert notes.solved(own=own).is_safe
