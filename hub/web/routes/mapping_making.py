"""Making a mapping, page by page: what each column holds, what its texts stand for, a preview, a name."""

from __future__ import annotations

import csv
import io
import json
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from flask import Blueprint, g, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from hub.access import transaction
from hub.access.checking import checker
from hub.access.guard import Permission, requires
from hub.access.objects import ABSENT, LARGEST_NUMBER
from hub.audit.chain import record
from hub.clock import real_now
from hub.definitions import agency_mappings, catalogue, mapping_choices, mapping_drafts, mappings
from hub.definitions.mapping_choices import ASKED, Choices
from hub.definitions.mapping_model import ColumnMapping, from_json
from hub.definitions.mapping_models import MappingDraft
from hub.errors import AreYouSure, HubError, NotFound, NotReady
from hub.intake.sample_model import Sample
from hub.intake.table import ROW_NO, Received
from hub.partners.models import Agency, Partnership
from hub.submissions.earlier import with_history
from hub.submissions.scope import scope_for
from hub.validation.outcome import Outcome, Scope
from hub.web import fields, present_findings, present_mapping, reach, typed
from hub.web.once import once
from hub.web.present_mapping import COLUMNS_SHOWN, VALUES_SHOWN, Asked, Value, pages_of
from hub.web.routes.mappings import here

blueprint = Blueprint(
    "mapping_making", __name__, url_prefix="/agencies/<agency>/mappings/making/<int:number>"
)

PREVIEWED = 20


@dataclass(frozen=True)
class Making:
    """The draft that the address names, read."""

    draft: MappingDraft
    agency: Agency
    sample: Sample
    choices: Choices
    asked: Asked

    def saved(self, choices: Choices) -> None:
        """Keep what was chosen."""
        mapping_drafts.choose(transaction.writing().get_one(MappingDraft, self.draft.id), choices)

    @property
    def used_columns(self) -> dict[str, str]:
        return {column: held for column, held in self.choices.columns.items() if held}


def _making(number: int) -> Making:
    session = transaction.reading()
    draft = mapping_drafts.find(
        session,
        min(number, LARGEST_NUMBER),
        agency_id=g.place.agency_id,
        person_id=g.person.id,
        now=real_now(),
    )
    if draft is None:
        raise NotFound(ABSENT)
    agency = here()
    definition = catalogue.definition(session, draft.return_code)
    owes = definition.owes_for(agency.kind)
    assert owes is not None  # only such returns are offered
    own = reach.agency_ids(Permission.MAPPING_OWN) | {agency.id}
    places = [
        place
        for place in reach.partnerships_of_agencies({agency.id})
        if reach.may_here(Permission.MAPPING_OWN, replace(g.place, partnership_id=place.id))
    ]
    bodies = session.query(Agency).where(Agency.id.in_(own)).order_by(Agency.code)
    return Making(
        draft,
        agency,
        Sample.from_json(json.loads(draft.sample)),
        mapping_drafts.chosen(draft),
        Asked(
            definition,
            owes,
            _scope(definition.code, agency, places),
            {body.code: body.name for body in bodies},
            {place.code: place.name for place in places},
        ),
    )


def _scope(code: str, agency: Agency, places: Sequence[Partnership]) -> Scope:
    """What the agency may send to the partnerships that the person works for."""
    session = transaction.reading()
    definition = catalogue.definition(session, code)
    scope = scope_for(session, definition, agency_ids=[agency.id])
    codes = {place.code for place in places}
    return replace(scope, expected=tuple(each for each in scope.expected if each.partnership in codes))


@blueprint.get("")
@requires(Permission.MAPPING_OWN, of="agency")
def columns(agency: str, number: int) -> str:
    making = _making(number)
    found = present_mapping.columns(making.sample, making.asked, making.choices)
    last = pages_of(len(found), COLUMNS_SHOWN)
    page = _page(last)
    return render_template(
        "mappings/columns.html",
        heading="What each column holds",
        making=making,
        columns=found[(page - 1) * COLUMNS_SHOWN : page * COLUMNS_SHOWN],
        options=present_mapping.held_options(making.asked),
        page=page,
        last=last,
    )


def _page(last: int) -> int:
    return min(fields.page(), last)


@blueprint.post("")
@requires(Permission.MAPPING_OWN, of="agency")
@once()
def keep_columns(agency: str, number: int) -> ResponseReturnValue:
    making = _making(number)
    known = {value for _, options in present_mapping.held_options(making.asked) for value, _ in options}
    found = present_mapping.columns(making.sample, making.asked, making.choices)
    page = _page(pages_of(len(found), COLUMNS_SHOWN))
    on_page = {each.at for each in found[(page - 1) * COLUMNS_SHOWN : page * COLUMNS_SHOWN]}
    held = {}
    for each in found:
        sent = request.form.get(f"column-{each.at}", "")
        if each.unfit:
            continue
        if each.at in on_page:
            held[each.heading] = sent if sent in known else ""
        elif not each.proposed:
            held[each.heading] = each.held
    making.saved(replace(making.choices, columns=held))
    if page < pages_of(len(found), COLUMNS_SHOWN):
        return redirect(url_for("mapping_making.columns", agency=agency, number=number, page=page + 1), 303)
    return redirect(url_for("mapping_making.values", agency=agency, number=number), 303)


@blueprint.get("/values")
@requires(Permission.MAPPING_OWN, of="agency")
def values(agency: str, number: int) -> str:
    making = _making(number)
    found = _all_values(making)
    last = pages_of(len(found), VALUES_SHOWN)
    page = _page(last)
    more = {
        heading: making.sample.more_values[at]
        for at, heading in enumerate(making.sample.headings)
        if making.sample.more_values[at] and any(each.column == heading for each in found)
    }
    return render_template(
        "mappings/values.html",
        heading="What the texts stand for",
        making=making,
        values=found[(page - 1) * VALUES_SHOWN : page * VALUES_SHOWN],
        held=dict(_held_in_words(making)),
        more=more,
        page=page,
        last=last,
        places=making.asked.partnerships if len(making.asked.partnerships) > 1 else {},
        has_partnership=bool(making.choices.holding("partnership")),
    )


def _all_values(making: Making) -> list[Value]:
    """Texts of columns of codes first, then what stands in place of figures."""
    return [
        *present_mapping.values(making.sample, making.asked, making.choices),
        *present_mapping.symbols(making.sample, making.asked, making.choices),
    ]


def _held_in_words(making: Making) -> Sequence[tuple[str, str]]:
    words = dict(option for _, options in present_mapping.held_options(making.asked) for option in options)
    return [(column, words.get(held, "")) for column, held in making.used_columns.items()]


@blueprint.post("/values")
@requires(Permission.MAPPING_OWN, of="agency")
@once()
def keep_values(agency: str, number: int) -> ResponseReturnValue:
    making = _making(number)
    found = _all_values(making)
    last = pages_of(len(found), VALUES_SHOWN)
    page = _page(last)
    texts = {column: dict(each) for column, each in making.choices.values.items()}
    symbols = dict(making.choices.symbols)
    for each in found[(page - 1) * VALUES_SHOWN : page * VALUES_SHOWN]:
        sent = request.form.get(each.field, "")
        chosen = sent if sent in {code for code, _ in each.options} else ""
        if each.field.startswith("symbol-"):
            symbols[each.text] = chosen
        else:
            texts.setdefault(each.column, {})[each.text] = chosen
    place = fields.text("partnership")
    period = "" if making.choices.holding("period") or making.choices.parts("across") else ASKED
    making.saved(
        replace(
            making.choices,
            values=texts,
            symbols={text: state for text, state in symbols.items() if state},
            agency="" if making.choices.holding("agency") else making.agency.code,
            partnership=place if place in making.asked.partnerships else "",
            period=period,
            add_up=request.form.get("add_up") == "yes",
        )
    )
    if page < last:
        return redirect(url_for("mapping_making.values", agency=agency, number=number, page=page + 1), 303)
    return redirect(url_for("mapping_making.preview", agency=agency, number=number), 303)


@blueprint.get("/preview")
@requires(Permission.MAPPING_OWN, of="agency")
def preview(agency: str, number: int) -> str:
    return _preview(number)


def _preview(number: int, *, complaint: str = "", asks_sure: bool = False) -> str:
    making = _making(number)
    mapping, faults = _mapping(making, title="Preview")
    period = fields.text("period") or request.args.get("period", "")[:20]
    outcome = _read(making, mapping, period) if mapping else None
    found = _all_values(making)
    held = making.choices.columns
    return render_template(
        "mappings/preview.html",
        heading="Preview and name",
        making=making,
        faults=faults,
        asks_period=making.choices.period == ASKED,
        period=period,
        rows=_rows(outcome, making.asked) if outcome else [],
        outcome=outcome,
        findings=present_findings.present(outcome.findings) if outcome else None,
        unmatched=present_mapping.unmatched(found, held=held),
        unread=[each for each in making.sample.headings if each and not held.get(each)],
        title=request.form.get("title", "")[:100] or _title_before(making),
        complaint=complaint,
        asks_sure=asks_sure,
    )


def _title_before(making: Making) -> str:
    if not making.draft.code:
        return ""
    history = agency_mappings.history(transaction.reading(), making.agency.id, making.draft.code)
    return from_json(history[0].document).title


def _mapping(making: Making, *, title: str) -> tuple[ColumnMapping | None, list[str]]:
    """What the choices make, judged like a mapping's file; or what is still wrong with them."""
    faults = mapping_choices.faults(making.choices)
    if faults:
        return None, faults
    data = mapping_choices.as_data(
        making.choices,
        making.asked.definition,
        kind=making.asked.owes.grain,
        code=making.draft.code or _code(title, making.agency),
        title=title,
        about=f"Made on the hub’s pages from a file with the columns {', '.join(making.used_columns)}."[:500],
    )
    session = transaction.reading()
    mapping, wrong = mappings.judged(data, [making.asked.definition], catalogue.codelists(session))
    return mapping, [cause for _, cause in wrong]


def _code(title: str, agency: Agency) -> str:
    """A name that no other agency's mapping has: words of the title, then the agency's own code."""
    words = re.sub(r"[^a-z0-9]+", "-", title.casefold()).strip("-")[:36].strip("-")
    named = words if words[:1].isalpha() else f"export-{words}".strip("-")
    return f"{named}-{agency.code.casefold()}"


def _read(making: Making, mapping: ColumnMapping, period: str) -> Outcome:
    """The sample's rows as a file of them would be read: the same reader, the same check."""
    out = io.StringIO()
    csv.writer(out, quoting=csv.QUOTE_ALL).writerows(making.sample.rows)
    received = Received("csv", content=out.getvalue().encode(), period=period)
    scope, definition = making.asked.scope, making.asked.definition
    if making.agency.id in reach.agency_ids(Permission.DRAFT_WRITE):
        scope = with_history(transaction.reading(), definition, scope)
    return checker().check(received, definition, scope, mapping=mapping)


@dataclass(frozen=True)
class Previewed:
    row: str
    place: str
    period: str
    line: str
    figures: tuple[tuple[str, str], ...]


def _rows(outcome: Outcome, asked: Asked) -> list[Previewed]:
    """The first rows of the return that the sample gives, in the order of the file."""
    rows = [row for part in outcome.parts for row in part.rows]
    rows += outcome.table.get("unplaced", ())
    in_words = _line_in_words(asked)
    return [
        Previewed(
            row[ROW_NO],
            "/".join(filter(None, (row["partnership"], row["agency"]))),
            row["period"],
            in_words(row["breakdown"], row["code"]),
            tuple(
                (figure.title, row[figure.name])
                for figure in asked.definition.figures
                if row[figure.name] or len(asked.definition.figures) == 1
            ),
        )
        for row in sorted(rows, key=lambda row: int(row[ROW_NO]))[:PREVIEWED]
    ]


def _line_in_words(asked: Asked) -> Callable[[str, str], str]:
    tables = {table.name: table.title for table in asked.definition.breakdowns}
    codes = {table.name: asked.codes(table) for table in asked.tables}

    def words(table: str, code: str) -> str:
        line = codes.get(table, {}).get(code, code)
        return f"{tables.get(table, table)}: {line}" if line else tables.get(table, table)

    return words


def _not_saved(error: HubError, agency: str, number: int) -> ResponseReturnValue:
    return _preview(number, complaint=error.sentence, asks_sure=isinstance(error, AreYouSure)), 409


@blueprint.post("/save")
@requires(Permission.MAPPING_OWN, of="agency")
@once(refused=_not_saved)
def save(agency: str, number: int) -> ResponseReturnValue:
    """A new version, in use from now on; the sample goes."""
    making, title = _making(number), fields.text("title")[:100]
    if not title:
        raise NotReady("Give the mapping a name by which your colleagues know the report.")
    typed.checked([title])
    mapping, faults = _mapping(making, title=title)
    if mapping is None:
        raise NotReady(faults[0])
    session = transaction.writing()
    if not making.draft.code and mapping.code in mappings.shared(session, catalogue.shipped()):
        raise NotReady("There is a mapping of this name for everybody. Give yours another name.")
    saved = agency_mappings.save(
        session,
        making.agency.id,
        mapping,
        person_id=g.person.id,
        seen=making.draft.seen,
        now=real_now(),
    )
    session.delete(session.get_one(MappingDraft, making.draft.id))
    record(
        session,
        actor=g.actor.principal,
        action="mapping:save",
        subject=f"mapping:{saved.code}",
        detail={"agency": saved.agency_id, "version": saved.version, "digest": saved.digest},
    )
    return redirect(url_for("mappings.mapping", agency=agency, code=saved.code, done="mapping-saved"), 303)


@blueprint.post("/drop")
@requires(Permission.MAPPING_OWN, of="agency")
@once()
def drop(agency: str, number: int) -> ResponseReturnValue:
    """Nothing of the sample stays."""
    making, session = _making(number), transaction.writing()
    session.delete(session.get_one(MappingDraft, making.draft.id))
    return redirect(url_for("mappings.listing", agency=agency, done="mapping-dropped"), 303)
