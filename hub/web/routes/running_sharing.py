"""The partnership's information-sharing agreement for its data team: its text, and which agencies accepted it."""

from __future__ import annotations

import tempfile
from pathlib import Path

from flask import Blueprint, g, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from hub.access import transaction
from hub.access.guard import Permission, requires
from hub.agreements.load import read_agreement
from hub.agreements.sharing import in_force
from hub.agreements.versions import store_agreement
from hub.audit.chain import record
from hub.clock import now_for, today_for
from hub.document import LARGEST
from hub.errors import DefinitionErrors, HubError, NotReady
from hub.partners import sharing
from hub.partners.models import Partnership
from hub.partners.queries import members_on
from hub.web import reach, typed
from hub.web.layout import partnership_of_page
from hub.web.once import once

blueprint = Blueprint("running_sharing", __name__, url_prefix="/partnerships/<partnership>/run/sharing")


@blueprint.get("")
@requires(Permission.PARTNERSHIP_RUN, of="partnership")
def listing(partnership: str) -> str:
    return _page()


def _page(*, complaint: str = "") -> str:
    session, place = transaction.reading(), partnership_of_page()
    accepted = sharing.accepted_by(session, place.id)
    members = members_on(session, place.id, today_for(place))
    return render_template(
        "run/sharing.html",
        heading="Information sharing",
        standing=in_force(session, place.id),
        rows=[(agency, accepted.get(agency.id)) for agency in members],
        may_bring=reach.may_here(Permission.DEFINITION_MANAGE, g.place),
        opens=reach.may_here(Permission.SUBMISSION_STATUS, g.place),
        complaint=complaint,
    )


def _not_brought(error: HubError, partnership: str) -> ResponseReturnValue:
    return _page(complaint=error.sentence), 409


@blueprint.post("")
@requires(Permission.DEFINITION_MANAGE, of="partnership")
@once(refused=_not_brought)
def bring(partnership: str) -> ResponseReturnValue:
    """A text of the kind `isa` as a YAML file; acceptances of an earlier text stand until the agency accepts the new one."""
    file = request.files.get("file")
    if file is None or not file.filename:
        raise NotReady("Choose the agreement’s YAML file.")
    content = file.stream.read(LARGEST + 1)
    file.stream.seek(0)
    session = transaction.writing()
    place = session.get_one(Partnership, g.place.partnership_id)
    with tempfile.TemporaryDirectory(prefix="hub-agreement-") as folder:
        path = Path(folder) / "agreement.yaml"
        path.write_bytes(content)
        try:
            agreement = read_agreement(path)
            typed.names([content.decode("utf-8", errors="replace")])
            if agreement.kind != "isa" or agreement.partnership != place.code:
                raise NotReady(
                    f"This page takes an agreement of the kind isa of the partnership {place.code}."
                )
            version = store_agreement(session, path, now=now_for(place)).version
        except DefinitionErrors as error:
            said = "; ".join(f"line {fault.line}: {fault.cause}" for fault in error.errors[:20])
            raise NotReady(f"{file.filename}: {said}") from error
    record(
        session,
        actor=g.actor.principal,
        action="agreement:bring",
        subject=f"agreement:{version.code}",
        partnership_id=place.id,
        detail={"version": version.version, "digest": version.digest},
    )
    return redirect(url_for("running_sharing.listing", partnership=partnership, done="kept"), 303)
