"""The lists to which a partnership adds lines of its own: its teams, the services that schools can pick."""

from __future__ import annotations

from flask import Blueprint, g, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from hub.access import transaction
from hub.access.guard import Permission, requires
from hub.clock import now_for
from hub.errors import HubError, NotReady
from hub.partners.local_codes import LocalLine, area_codes, keep_line
from hub.partners.models import Partnership
from hub.web import fields, reach, typed
from hub.web.layout import partnership_of_page
from hub.web.once import once
from hub.web.present_lists import OwnList, own_list

blueprint = Blueprint("running_lists", __name__, url_prefix="/partnerships/<partnership>/run/lists")


@blueprint.get("/<name>")
@requires(Permission.PARTNERSHIP_RUN, of="partnership")
def one(partnership: str, name: str) -> str:
    return _page(name)


def _page(name: str, *, complaint: str = "") -> str:
    session, found = transaction.reading(), partnership_of_page()
    shown = own_list(session, found, name)
    return render_template(
        "run/list.html",
        heading=shown.codelist.title,
        shown=shown,
        areas=area_codes(session, found.id) if shown.codelist.within_areas else [],
        manages=reach.may_here(Permission.AGENCY_MANAGE, g.place),
        complaint=complaint,
        typed=request.form if complaint else {},
    )


def _not_kept(error: HubError, partnership: str, name: str) -> ResponseReturnValue:
    return _page(name, complaint=error.sentence), 409


@blueprint.post("/<name>")
@requires(Permission.AGENCY_MANAGE, of="partnership")
@once(refused=_not_kept)
def keep(partnership: str, name: str) -> ResponseReturnValue:
    """A new line, or another wording of one."""
    session = transaction.writing()
    found = session.get_one(Partnership, g.place.partnership_id)
    shown = own_list(session, found, name)
    line = _line(shown)
    typed.names([line.title, *line.says.values()])
    keep_line(
        session,
        found,
        name,
        line,
        within_areas=shown.codelist.within_areas,
        now=now_for(found),
        person_id=g.actor.id,
    )
    return redirect(url_for("running_lists.one", partnership=partnership, name=name, done="kept"), 303)


def _line(shown: OwnList) -> LocalLine:
    from_on = fields.day("from_on")
    if from_on is None:
        raise NotReady("Say since when the line is there.")
    code, area = fields.text("code"), fields.text("area") if shown.codelist.within_areas else ""
    return LocalLine(
        code=f"{area}/{code}" if area else code,
        title=_title(shown, code),
        from_on=from_on,
        until_on=fields.day("until_on"),
        says=_says(shown),
        said=fields.number("said"),
    )


def _title(shown: OwnList, code: str) -> str:
    """A line's name; an agency has its own."""
    if not shown.codelist.of:
        return fields.text("title")
    known = {**shown.agencies, **{line.code: line.title for line in shown.lines}}
    if code not in known:
        raise NotReady("Choose one of the agencies.")
    return known[code]


def _says(shown: OwnList) -> dict[str, str]:
    said = {word.name: fields.text(word.name) for word in shown.words}
    for word in shown.words:
        text = said[word.name]
        if not text or (word.choices and text not in word.choices):
            raise NotReady(f"Say “{word.title}”: {word.why}.")
        if not word.choices and len(text) > word.longest:
            raise NotReady(f"“{word.title}” may have {word.longest} characters at most.")
    return said
