"""The mappings of an agency: how its own exports are read. Their list, one of them with its versions, retiring, beginning one."""

from __future__ import annotations

from flask import Blueprint, g, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from hub.access import transaction
from hub.access.checking import checker
from hub.access.guard import Permission, requires
from hub.access.objects import ABSENT
from hub.audit.chain import record
from hub.clock import real_now
from hub.definitions import agency_mappings, catalogue
from hub.definitions.mapping_choices import Choices, choices_of
from hub.definitions.mapping_drafts import begin
from hub.definitions.mapping_model import from_json
from hub.definitions.mapping_models import AgencyMapping
from hub.errors import AreYouSure, HubError, NotFound, NotReady
from hub.findings import Finding
from hub.intake.sample_model import Sample
from hub.intake.table import Received
from hub.partners.models import Agency, Person
from hub.submissions import mapping_uses
from hub.web import fields, layout, present_findings, present_mappings, reach, typed
from hub.web.once import once

blueprint = Blueprint("mappings", __name__, url_prefix="/agencies/<agency>/mappings")

WORKBOOK = b"PK"


@blueprint.get("")
@requires(Permission.MAPPING_OWN, of="agency")
def listing(agency: str) -> str:
    session, body = transaction.reading(), here()
    titles = {each.code: each.title for each in catalogue.definitions(session)}
    used = {each.code: each.last_at for each in reversed(mapping_uses.used(session, agency_id=body.id))}
    return render_template(
        "mappings/list.html",
        heading=f"Mappings: {body.name}",
        agency=body,
        rows=[
            present_mappings.row(session, each, titles, used.get(each.code))
            for each in agency_mappings.standing(session, {body.id})
        ],
    )


def here() -> Agency:
    """The agency of the page, and the partnership that it is about where there is only one."""
    found = transaction.reading().get_one(Agency, g.place.agency_id)
    layout.about_one_of(reach.partnerships_of_agencies({found.id}))
    return found


@blueprint.get("/new")
@requires(Permission.MAPPING_OWN, of="agency")
def new(agency: str) -> str:
    return _new()


def _new(*, complaint: str = "", refused: tuple[Finding, ...] = (), asks_sure: bool = False) -> str:
    body = here()
    earlier = _last(request.values.get("code", ""))
    return render_template(
        "mappings/new.html",
        heading="Make a mapping from a file of yours" if earlier is None else "Change a mapping",
        agency=body,
        returns=present_mappings.owed(transaction.reading(), body),
        chosen=earlier.return_code if earlier else request.values.get("return_code", ""),
        earlier=from_json(earlier.document) if earlier else None,
        headings_row=request.form.get("headings_row", "")[:3],
        complaint=complaint,
        findings=present_findings.present(refused) if refused else None,
        asks_sure=asks_sure,
    )


def _not_begun(error: HubError, agency: str) -> ResponseReturnValue:
    return _new(complaint=error.sentence, asks_sure=isinstance(error, AreYouSure)), 409


@blueprint.post("/new")
@requires(Permission.MAPPING_OWN, of="agency")
@once(refused=_not_begun)
def take_sample(agency: str) -> ResponseReturnValue:
    """The file is read like any other; its first rows are kept as text for a day, its bytes are not."""
    session, body, file = transaction.reading(), here(), request.files.get("file")
    earlier = _last(fields.text("code"))
    code = earlier.return_code if earlier else fields.text("return_code")
    definition = next((each for each in present_mappings.owed(session, body) if each.code == code), None)
    if definition is None:
        raise NotReady("Choose which return the file is for.")
    if file is None or not file.filename:
        raise NotReady("Choose a file that your system exported: a workbook (XLSX) or a CSV.")
    row = fields.text("headings_row")
    if row and not (row.isascii() and row.isdecimal() and 0 < int(row[:4]) < 1000):
        raise NotReady("The row of headings is a whole number, as your spreadsheet counts rows.")
    content = file.stream.read()
    file.stream.seek(0)
    received = Received(
        channel="xlsx" if content.startswith(WORKBOOK) else "csv", filename=file.filename, content=content
    )
    answer = checker().sample(received, definition, headings_row=int(row or 0))
    if "refused" in answer:
        refused = tuple(map(Finding.from_json, answer["refused"]))
        return _new(complaint="The file was not read, and nothing of it was kept.", refused=refused), 422
    sample = Sample.from_json(answer)
    if sample.asked and not typed.is_sure():
        raise AreYouSure(
            f"{sample.asked[0].message} Nothing was kept. If it names no child, patient or family, tick the box and send it again."
        )
    draft = begin(
        transaction.writing(),
        agency_id=body.id,
        person_id=g.person.id,
        return_code=definition.code,
        code=earlier.code if earlier else "",
        seen=earlier.sequence if earlier else 0,
        sample=sample.as_json(),
        choices=choices_of(from_json(earlier.document)) if earlier else Choices(),
        now=real_now(),
    )
    return redirect(url_for("mapping_making.columns", agency=agency, number=draft.id), 303)


def _last(code: str) -> AgencyMapping | None:
    """What was last done with a mapping of this agency; None for no name, absent for another agency's."""
    if not code:
        return None
    found = agency_mappings.history(transaction.reading(), g.place.agency_id, code)
    if not found:
        raise NotFound(ABSENT)
    return found[0]


@blueprint.get("/<code>")
@requires(Permission.MAPPING_OWN, of="agency")
def mapping(agency: str, code: str) -> str:
    return _mapping(code)


def _mapping(code: str, *, complaint: str = "") -> str:
    session, body = transaction.reading(), here()
    history = agency_mappings.history(session, body.id, code)
    if not history:
        raise NotFound(ABSENT)
    shown = from_json(history[0].document)
    return render_template(
        "mappings/mapping.html",
        heading=shown.title,
        agency=body,
        mapping=shown,
        last=history[0],
        definition=catalogue.definition(session, shown.return_code),
        said=present_mappings.said(session, shown),
        history=[(each, session.get_one(Person, each.person_id).name) for each in history],
        used=[each for each in mapping_uses.used(session, agency_id=body.id) if each.code == code],
        complaint=complaint,
    )


def _not_set(error: HubError, agency: str, code: str) -> ResponseReturnValue:
    return _mapping(code, complaint=error.sentence), 409


@blueprint.post("/<code>")
@requires(Permission.MAPPING_OWN, of="agency")
@once(refused=_not_set)
def set_in_use(agency: str, code: str) -> ResponseReturnValue:
    """Retire it, or restore it: nothing that it read changes."""
    last = _last(code)
    assert last is not None  # an address has a name
    used = request.form.get("used") == "yes"
    agency_mappings.set_in_use(
        transaction.writing(),
        last.agency_id,
        code,
        used=used,
        person_id=g.person.id,
        seen=fields.number("seen"),
        now=real_now(),
    )
    record(
        transaction.writing(),
        actor=g.actor.principal,
        action="mapping:restore" if used else "mapping:retire",
        subject=f"mapping:{code}",
        detail={"agency": last.agency_id, "version": last.version},
    )
    done = "mapping-restored" if used else "mapping-retired"
    return redirect(url_for("mappings.mapping", agency=agency, code=code, done=done), 303)
