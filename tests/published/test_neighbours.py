"""Statistical neighbours: a dated list from the publisher's CSV."""

from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from sqlalchemy.orm import Session

from hub.definitions.catalogue import shipped
from hub.definitions.neighbours import neighbours_of, neighbours_on, read_neighbours, store_neighbours
from hub.errors import DefinitionErrors

COUNCILS = {item.code for item in shipped().codelists["english-councils"].items}
NOW = datetime(2025, 6, 1, tzinfo=UTC)

LIST = """neighbours: statistical-neighbours
title: Statistical neighbours
source: the publisher
from_on: "{day}"
file: {file}
agency: old_la_code
neighbour: neighbour_old_la_code
rank: rank
closeness: closeness
"""
CSV = "old_la_code,la_name,rank,neighbour_old_la_code,closeness\n330,B,2,352,Close\n330,B,1,892,Very close\n"


def written(folder: Path, csv: str, day: str = "2025-04-01") -> Path:
    (folder / f"list-{day}.csv").write_text(csv, encoding="utf-8")
    file = folder / f"list-{day}.yaml"
    file.write_text(LIST.format(day=day, file=f"list-{day}.csv"), encoding="utf-8")
    return file


def test_a_list_holds_from_its_day(session: Session, tmp_path: Path) -> None:
    first = read_neighbours(written(tmp_path, CSV), COUNCILS)
    later = read_neighbours(written(tmp_path, CSV.replace(",352,", ",380,"), "2026-04-01"), COUNCILS)
    assert store_neighbours(session, first, now=NOW)
    assert store_neighbours(session, later, now=NOW)
    assert not store_neighbours(session, later, now=NOW)  # again changes nothing
    assert [each.code for each in neighbours_of(session, "330", date(2026, 3, 31))] == ["892", "352"]
    assert [each.code for each in neighbours_of(session, "330", date(2026, 4, 1))] == ["892", "380"]
    assert [each.code for each in neighbours_of(session, "330", date(2015, 5, 18))] == ["892", "352"]
    assert neighbours_of(session, "301", date(2026, 4, 1)) == ()


def test_without_a_list_there_are_no_neighbours(session: Session) -> None:
    assert neighbours_on(session, date(2025, 5, 1)) is None
    assert neighbours_of(session, "330", date(2025, 5, 1)) == ()


@pytest.mark.parametrize(
    ("old", "new", "line", "words"),
    [
        ("892", "999", 3, "not the code of a council"),
        (",1,892", ",first,892", 3, "not a rank"),
        (",1,892", ",2,892", 3, "already"),
        (",1,892", ",1,330", 3, "its own neighbour"),
        ("rank", "place", 1, "has no column “rank”"),
    ],
)
def test_a_wrong_line_is_named(tmp_path: Path, old: str, new: str, line: int, words: str) -> None:
    file = written(tmp_path, CSV.replace(old, new, 1))
    with pytest.raises(DefinitionErrors) as refused:
        read_neighbours(file, COUNCILS)
    assert [(error.line, words in error.cause) for error in refused.value.errors] == [(line, True)]


@pytest.mark.published
def test_birminghams_published_neighbours(tmp_path: Path, published_data: Path) -> None:
    file = tmp_path / "neighbours.yaml"
    table = published_data / "statistical_neighbours_2025.csv"
    file.write_text(LIST.format(day="2025-04-01", file=table), encoding="utf-8")
    found = read_neighbours(file, COUNCILS)
    assert len(found.of) == 153
    assert all(len(neighbours) == 10 for neighbours in found.of.values())
    names = {item.code: item.title for item in shipped().codelists["english-councils"].items}
    assert [names[each.code] for each in found.of["330"]] == [
        "Nottingham", "Manchester", "Bradford", "Newcastle upon Tyne", "Oldham",
        "Blackburn with Darwen", "Sheffield", "Middlesbrough", "Southampton", "Salford",
    ]  # fmt: skip
