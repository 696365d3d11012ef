"""What the table builder's page shows: what can be chosen, the table or why there is none, its addresses and citation."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from urllib.parse import urlencode

from flask import request, url_for

from hub.access import transaction
from hub.board import tables
from hub.board.downloads.model import ILLUSTRATIVE, Download
from hub.board.downloads.of_series import of_series
from hub.board.table_builder.build import ALL, ALL_NAME, Built, build, state_notes
from hub.board.table_builder.choices import KINDS, Choices, Offer, read
from hub.board.table_builder.for_public import built_for_anybody
from hub.board.table_builder.layout import laid_out
from hub.board.table_builder.released import given_of
from hub.board.table_builder.standing import Superseded, superseded
from hub.facts.moments import AsAt, as_at
from hub.facts.recalled import recalled
from hub.measures.compute import Reading
from hub.measures.load import measures_as_at
from hub.measures.model import Measure
from hub.measures.profiles import chosen
from hub.measures.protect import Audience, protect
from hub.partners.membership_history import members_as_at
from hub.partners.models import Partnership
from hub.periods import Kind, Period, containing, preceding
from hub.web.downloads import terms
from hub.web.layout import moment

PERIODS_OFFERED = {"month": 120, "quarter": 40, "term": 30}  # fifteen years of the others
KIND_WORDS = {
    "month": "Months",
    "quarter": "Quarters",
    "term": "School terms",
    "academic_year": "School years",
    "financial_year": "Financial years",
}


@dataclass(frozen=True)
class Asking:
    """An address of the builder, read."""

    place: Partnership
    at: AsAt
    reading: Reading
    offer: Offer
    choices: Choices | None
    faults: tuple[str, ...]


def asking(place: Partnership, at: AsAt) -> Asking:
    session = transaction.reading()
    reading = Reading(session, place, at)
    members = members_as_at(session, place.id, at.today, position=at.position)
    offer = Offer(
        measures=measures_as_at(session, at.moment),
        breakdowns=lambda measure: tables.breakdowns(reading, measure),
        areas={area.code: area.name for area in reading.cells.areas_known if area.serves(at.today)},
        agency_kinds=sorted({member.kind for member in members}),
    )
    choices, faults = read(request.args.to_dict(flat=False), offer, at.today)
    return Asking(place, at, reading, offer, choices, tuple(faults))


def built(asked: Asking, choices: Choices, audience: Audience) -> Built:
    """The table as an audience may see it."""
    return build(asked.reading, choices, partial(protect, audience=audience))


def superseded_since(asked: Asking, choices: Choices, audience: Audience, found: Built) -> Superseded | None:
    """Whether a table as known then reads otherwise now, to the same reader."""
    now = as_at(transaction.reading(), asked.place)
    query = urlencode(sorted(choices.as_query().items()), doseq=True)

    def as_known_now() -> Built | None:
        """The same choice; None where it cannot be asked any longer."""
        today = asking(asked.place, now)
        return None if today.faults or today.choices is None else built(today, today.choices, audience)

    def compared() -> Superseded | None:
        later = recalled(now, ("table as known now", query, audience), as_known_now)
        if later is None:
            return Superseded(None)
        return superseded(transaction.reading(), found, asked.at, later, now.today)

    return recalled(now, ("table stands", query, asked.at.moment, audience), compared)


def built_public(asked: Asking, choices: Choices, before: datetime | None) -> Built:
    """The table as anybody may see it, beside what they were given; `before` the time of its own release."""
    session = transaction.reading()
    given = {measure.id: given_of(session, asked.place, measure.id, before) for measure in choices.measures}
    return built_for_anybody(asked.reading, choices, given)


def is_about_money(asked: Asking, choices: Choices) -> bool:
    cells = asked.reading.cells
    sources = [
        measure.sources.get(choices.kind) for measure in choices.measures if not measure.reads_no_return
    ]
    return any(cells.definition(source.return_code).finance for source in sources if source is not None)


def breakdowns_offered(asked: Asking) -> list[str]:
    """What the chosen measures can be broken down by, those of all of them first."""
    measures = asked.choices.measures if asked.choices else ()
    counted: dict[str, int] = {}
    for measure in measures:
        for by in asked.offer.breakdowns(measure):
            counted[by] = counted.get(by, 0) + 1
    return sorted(counted, key=lambda by: (-counted[by], by))


def kinds_offered(measures: Iterable[Measure]) -> dict[Kind, str]:
    kinds = {kind for measure in measures for kind in measure.sources}
    return {kind: KIND_WORDS[kind] for kind in KINDS if kind in kinds}


def periods_offered(asked: Asking) -> list[Period]:
    """The periods of the chosen kind, newest first, and the chosen ones wherever they lie."""
    kind = asked.choices.kind if asked.choices else "month"
    found = [containing(asked.at.today, kind)]
    for _ in range(PERIODS_OFFERED.get(kind, 15) - 1):
        found.append(preceding(found[-1]))
    chosen = {asked.choices.first, asked.choices.last} if asked.choices else set()
    return sorted({*found, *chosen}, reverse=True)


def title_of(choices: Choices, areas: dict[str, str] | None = None) -> str:
    """What the table is, in words."""
    names = ", ".join(measure.name for measure in choices.measures)
    by = f", by {choices.by.replace('_', ' ')}" if choices.by else ""
    where = f", {(areas or {}).get(choices.area, choices.area)}" if choices.area else ""
    span = (
        choices.first.name
        if choices.first == choices.last
        else f"{choices.first.name} to {choices.last.name}"
    )
    return f"{names}{by}{where}, {span}"


def address_of(asked: Asking, choices: Choices, *, endpoint: str, frozen: bool = True) -> str:
    """The permanent address: with the moment it shows these figures for good, without it always the newest."""
    as_at = {"as_at": written(asked.at.moment)} if frozen else {}
    query = {**choices.as_query(), **as_at}
    return url_for(endpoint, partnership=asked.place.code, _external=True, **query)  # type: ignore[arg-type]


def written(at: datetime) -> str:
    return at.isoformat().replace("+00:00", "Z")


def citation(asked: Asking, choices: Choices, address: str) -> str:
    """One sentence to stand below a table wherever it is used."""
    mark = f" {ILLUSTRATIVE}." if asked.place.illustrative else ""
    title = title_of(choices, dict(asked.offer.areas))
    return f"{asked.place.name}: {title}. Partnership Hub, as known on {moment(asked.at.moment)}.{mark} {address}".strip()


def download_of(asked: Asking, found: Built, *, endpoint: str, is_public: bool) -> Download:
    """The built table to take away: as the page lays it out, and number by number."""
    choices = found.choices
    address = address_of(asked, choices, endpoint=endpoint)
    profile = chosen("public", asked.place.disclosure_public)
    narrowed = (choices.area, choices.agency_kind, "public" if is_public else "")
    return of_series(
        [(part.series, {**found.lines, ALL: ALL_NAME}) for part in found.parts if part.series is not None],
        asked.place,
        by=choices.by or None,
        periods=found.periods,
        title=title_of(choices, dict(asked.offer.areas)),
        address=address,
        terms=terms(),
        as_at=asked.at.moment,
        of="_".join(part for part in narrowed if part),
        laid_out=(lambda: laid_out(found, asked.at.today).as_sheet()) if found.size else None,
        more_notes=(
            *state_notes(found),
            *([("Area", asked.offer.areas[choices.area])] if choices.area else []),
            *([(f"Public profile {profile.name}", profile.note)] if is_public else []),
            ("How to cite", citation(asked, choices, "" if is_public else address)),
        ),
    )
