"""Disclosure profiles: what came with the hub, what a deployment may choose, and children in need as DfE publishes them."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest

from hub.errors import DefinitionErrors, WrongUsage
from hub.measures.model import Coverage, Measure, Point, Series, Source
from hub.measures.profiles import chosen, profiles, read_profile
from hub.measures.protect import ANYBODY, protect
from hub.measures.public_lines import judge, lines_as_public
from hub.periods import parse

MAY, JUNE = parse("2014-05"), parse("2014-06")
SOURCES = {"month": Source("front-door", ("contacts",))}
COUNT = Measure("XX01", "X", "?", "children", "count", "neutral", SOURCES)  # type: ignore[arg-type]
SHARE = Measure("XX02", "Y", "?", "% of children", "percent", "neutral", SOURCES)  # type: ignore[arg-type]
OWN = """profile: ours
version: 1
title: Ours
about: Counts of 1 to {most} are a dash.
source: Our partnership.
audience: public
method: suppress
threshold: {threshold}
zeros: shown
mark: "-"
"""


def series(measure: Measure, *points: Point, by: str | None = None) -> Series:
    return Series(measure, "p", datetime(2015, 5, 18, tzinfo=UTC), points, by=by)


def count(number: int, line: str = "", *, by: str = "area", of: int | None = None) -> Point:
    return Point(MAY, number, number, of, Coverage(1, 1), "value", lines={by: line} if line else {})


def told(found: Series) -> list[float | str | None]:
    return [point.reason if point.state == "hidden" else point.value for point in found.points]


def test_three_came_with_the_hub() -> None:
    found = profiles()
    assert {name: (each.audience, each.method, each.threshold) for name, each in found.items()} == {
        "partnership": ("partnership", "read-together", 5),
        "nhs-hes": ("public", "round", 8),
        "dfe-cin": ("public", "suppress", 6),
    }
    assert (chosen("partnership").name, chosen("public").name) == ("partnership", "nhs-hes")
    assert "Counts of 1 to 5 are shown as c" in found["dfe-cin"].note


@pytest.mark.parametrize(
    ("line", "instead", "where", "says"),
    [
        ("method: suppress", "method: guess", 7, "round or suppress"),
        ("method: suppress", "method: round", 7, "A `base` belongs to"),
        ("threshold: 6", "threshold: none", 8, "Not a valid integer"),
        ('mark: "-"', "colour: red", 10, "Unknown field"),
        ('mark: "-"', "fewest_schools: 5", 6, "A `mark` belongs to"),
    ],
)
def test_a_fault_is_told_with_file_and_line(
    tmp_path: Path, line: str, instead: str, where: int, says: str
) -> None:
    text = OWN.format(most=5, threshold=6)
    file = tmp_path / "ours.yaml"
    file.write_text(text.replace(line, instead), encoding="utf-8")
    with pytest.raises(DefinitionErrors) as refused:
        read_profile(file)
    assert [(error.file, error.line) for error in refused.value.errors] == [(str(file), where)]
    assert says in refused.value.errors[0].cause


def test_a_deployment_chooses_its_own_and_none_that_is_laxer(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = tmp_path / "schemas" / "disclosure"
    folder.mkdir(parents=True)
    (folder / "ours.yaml").write_text(OWN.format(most=9, threshold=10), encoding="utf-8")
    (folder / "lax.yaml").write_text(
        OWN.format(most=1, threshold=2).replace("profile: ours", "profile: lax"), encoding="utf-8"
    )
    monkeypatch.setenv("HUB_DEFINITIONS", str(tmp_path))
    monkeypatch.setenv("HUB_DISCLOSURE_PUBLIC", "ours")
    assert told(protect(series(COUNT, count(9)), ANYBODY)) == ["-"]
    monkeypatch.setenv("HUB_DISCLOSURE_PUBLIC", "lax")
    with pytest.raises(WrongUsage, match="threshold 2 is laxer than 6"):
        chosen("public")
    monkeypatch.setenv("HUB_DISCLOSURE_PUBLIC", "partnership")
    with pytest.raises(WrongUsage, match="There are: dfe-cin, lax, nhs-hes, ours"):
        chosen("public")


def test_children_in_need_as_dfe_publishes_them(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HUB_DISCLOSURE_PUBLIC", "dfe-cin")
    assert told(protect(series(COUNT, count(0), count(5), count(6), count(1372)), ANYBODY)) == [
        0, "c", 6, 1372,
    ]  # fmt: skip
    # 3 of 110 is hidden with its share, and so is 106 of 110: four are not among them.
    shares = [count(n, of=110) for n in (3, 106, 11)]
    assert told(protect(series(SHARE, *shares), ANYBODY)) == ["c", "c", 10.0]
    # 100 = 60 + 37 + 3 + 0: the 3 could be taken from the whole, so the cheapest other line, 37, is hidden with it.
    whole = series(COUNT, count(100))
    areas = series(
        COUNT, *(count(n, code) for code, n in zip("abcd", (60, 37, 3, 0), strict=True)), by="area"
    )
    judged = judge(whole, [areas])
    assert told(lines_as_public(areas, judged)) == [60, "c", "c", 0]
    # A second table of the same whole is looked at by itself: 50 + 50 need nothing.
    other = series(COUNT, count(50, "x", by="sex"), count(50, "y", by="sex"), by="sex")
    both = judge(whole, [areas, other])
    assert told(lines_as_public(other, both)) == [50, 50] and both.hidden == judged.hidden
    # Two agencies of 3 and 4 beside one of 93: each of them knows its own, so the third goes too.
    of_agencies = series(
        COUNT, *(count(n, code, by="agency") for code, n in zip("abc", (93, 4, 3), strict=True)), by="agency"
    )
    assert told(lines_as_public(of_agencies, judge(whole, [of_agencies]))) == ["c", "c", "c"]
    # 7 = 4 + 3: both are hidden, and each may be anything from 1 to 6. Of 2 = 1 + 1 nobody shows anything but c.
    for parts in ((4, 3), (1, 1)):
        few = series(COUNT, count(parts[0], "a"), count(parts[1], "b"), by="area")
        assert told(lines_as_public(few, judge(series(COUNT, count(sum(parts))), [few]))) == ["c", "c"]
