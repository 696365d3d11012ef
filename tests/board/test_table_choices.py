"""What an address of the table builder asks for: read, said what is wrong with it, written again."""

from __future__ import annotations

from datetime import date

import pytest

from hub.board.table_builder.choices import MOST_MEASURES, Choices, Offer, read
from hub.measures.model import Measure, Source

TODAY = date(2015, 5, 18)


def measure(id: str, *kinds: str) -> Measure:
    sources = {kind: Source("front-door", ("contacts",)) for kind in kinds}
    return Measure(id, id, "?", "contacts", "count", "neutral", sources)  # type: ignore[arg-type]


MEASURES = {each.id: each for each in (measure("A", "month", "financial_year"), measure("B", "quarter"))}
MANY = {f"M{number}": measure(f"M{number}", "month") for number in range(20)}
OFFER = Offer({**MEASURES, **MANY}, lambda _measure: ("area", "agency"), {"south": "South"}, ("nhs_trust",))


def asked(**given: str | list[str]) -> tuple[Choices | None, list[str]]:
    lists = {name.rstrip("_"): value if isinstance(value, list) else [value] for name, value in given.items()}
    return read(lists, OFFER, TODAY)


def test_nothing_chosen_is_no_fault_and_one_measure_is_enough() -> None:
    assert asked() == (None, [])
    choices, faults = asked(measure="A")
    assert choices and not faults
    # Thirteen months that were over on 18 May 2015: a month stands beside itself a year before.
    assert (choices.kind, choices.first.code, choices.last.code) == ("month", "2014-04", "2015-04")
    quarterly, _ = asked(measure="B")
    assert quarterly and (quarterly.first.code, quarterly.last.code) == ("FY2013-14Q1", "FY2014-15Q4")


def test_periods_of_another_kind_are_those_that_contain_them_and_a_kind_of_agency_asks_by_agency() -> None:
    choices, faults = asked(measure="A", period="financial_year", from_="2013-06", to="2015-02")
    assert choices and not faults
    assert (choices.first.code, choices.last.code) == ("FY2013-14", "FY2014-15")
    of_kind, faults = asked(measure="A", kind="nhs_trust")
    assert of_kind and not faults and of_kind.by == "agency"


def test_what_an_address_holds_is_written_as_it_was_read() -> None:
    given: dict[str, str | list[str]] = {
        "measure": ["A", "B"],
        "by": "area",
        "period": "month",
        "from": "2014-04",
        "to": "2014-06",
        "area": "south",
        "total": "yes",
        "rows": "line",
        "columns": "measure",
        "show": "chart",
    }
    choices, faults = asked(**given)
    assert choices and not faults
    assert choices.as_query() == given
    assert asked(**choices.as_query()) == (choices, [])


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({"measure": ["A", "<b>"]}, "There is no measure “<b>”"),
        ({"measure": list(MANY)[: MOST_MEASURES + 1]}, "13 measures are chosen. A table takes at most 12"),
        ({"measure": "A", "period": "quarter"}, "They are by month, financial year."),
        ({"measure": "A", "from": "May"}, "“May” is not a period"),
        ({"measure": "A", "from": "9999-12"}, "between 1990 and 2200"),
        ({"measure": "A", "from": "2015-03", "to": "2015-01"}, "Turn them round"),
        ({"measure": "A", "from": "2000-01", "to": "2015-01"}, "more than 120 periods"),
        ({"measure": "A", "by": "shoe_size"}, "broken down by shoe size"),
        ({"measure": "A", "by": "area", "kind": "nhs_trust"}, "break the table down by agency"),
        ({"measure": "A", "kind": "circus"}, "No agency of that kind"),
        ({"measure": "A", "area": "west"}, "no area of that code"),
        ({"measure": "A", "columns": "colour"}, "Rows and columns are measures, lines or periods"),
    ],
)
def test_what_cannot_be_shown_is_said(given: dict[str, str | list[str]], said: str) -> None:
    _, faults = asked(**given)
    assert said in " ".join(faults)
