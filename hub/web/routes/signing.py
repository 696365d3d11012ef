"""Sending for sign-off, withdrawing, signing and sending back."""

from __future__ import annotations

from flask import Blueprint, g, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from hub.access import transaction
from hub.access.guard import requires
from hub.errors import AreYouSure, HubError, NotAllowed
from hub.partners.policy import Permission
from hub.submissions import events, sign_off
from hub.submissions.receipts import Receipt
from hub.submissions.sent_back import parts_of_return
from hub.web import fields, present_requests, present_signing, subject, typed
from hub.web.forms import SendBackForm
from hub.web.once import once
from hub.web.subject import Subject

blueprint = Blueprint("signing", __name__, url_prefix="/submissions/<int:submission>")

ATTEMPTS = 3  # a check that is overtaken by another sign-off of the agency is made again


def _back(submission: int, done: str) -> ResponseReturnValue:
    return redirect(url_for("submission.submission", submission=submission, done=done), 303)


@blueprint.post("/send")
@requires(Permission.SUBMISSION_SEND, of="submission")
@once()
def send(submission: int) -> ResponseReturnValue:
    subject.of(submission)
    sign_off.send(transaction.writing(), g.actor, submission, seen=subject.seen())
    return _back(submission, "sent")


@blueprint.post("/withdraw")
@requires(Permission.SUBMISSION_SEND, of="submission")
@once()
def withdraw(submission: int) -> ResponseReturnValue:
    subject.of(submission)
    sign_off.withdraw(transaction.writing(), g.actor, submission, seen=subject.seen())
    return _back(submission, "withdrawn")


def _sign_page(
    about: Subject, *, complaint: str = "", asks_sure: bool = False, countersigning: bool = False
) -> str:
    shown = present_signing.shown(transaction.reading(), about, g.actor.id)
    return render_template(
        "sign.html",
        heading="Sign off" if about.listed.status != "signed" else "Signed",
        about=about,
        shown=shown,
        several_periods=len({each.period for each in shown.compared}) > 1,
        countersigning=countersigning,
        agreed=present_requests.on_return(transaction.reading(), about),
        complaint=complaint,
        asks_sure=asks_sure,
        form=SendBackForm(),
        parts=parts_of_return(about.definition, about.agency.kind),
        named=fields.several("part"),
    )


@blueprint.get("/sign")
@requires(Permission.SUBMISSION_SIGN, of="submission")
def sign_page(submission: int) -> str:
    return _sign_page(subject.of(submission))


def not_done(error: HubError, submission: int) -> ResponseReturnValue:
    """Nothing was signed or sent back: the page says why and shows what is there now."""
    return _sign_page(
        subject.of(submission), complaint=error.sentence, asks_sure=isinstance(error, AreYouSure)
    ), 409


@blueprint.post("/sign")
@requires(Permission.SUBMISSION_SIGN, of="submission")
@once(refused=not_done)
def sign(submission: int) -> ResponseReturnValue:
    about = subject.of(submission)
    receipt = signed(about, request.form.get("digest", ""))
    return redirect(
        url_for("submission.receipt", submission=submission, number=receipt.number, done="signed"), 303
    )


def _countersign_page(submission: int, *, complaint: str = "") -> str:
    """The figures are shown to the partnership where it countersigns, and nowhere else before they are signed."""
    about = subject.of(submission)
    item = events.standing(transaction.reading(), submission).item
    if about.listed.status != "sent" or sign_off.one_person_of(transaction.reading(), item) is None:
        raise NotAllowed(sign_off.MORE_THAN_ONE)
    return _sign_page(about, complaint=complaint, countersigning=True)


@blueprint.get("/countersign")
@requires(Permission.SUBMISSION_COUNTERSIGN, of="submission")
def countersign_page(submission: int) -> str:
    return _countersign_page(submission)


def not_countersigned(error: HubError, submission: int) -> ResponseReturnValue:
    return _countersign_page(submission, complaint=error.sentence), 409


@blueprint.post("/countersign")
@requires(Permission.SUBMISSION_COUNTERSIGN, of="submission")
@once(refused=not_countersigned)
def countersign(submission: int) -> ResponseReturnValue:
    signed(subject.of(submission), request.form.get("digest", ""), countersigning=True)
    return _back(submission, "signed")


def signed(about: Subject, shown_digest: str, *, countersigning: bool = False) -> Receipt:
    """Check outside the write lock, then sign; check again where something moved meanwhile."""
    for attempt in range(1, ATTEMPTS + 1):
        checked = sign_off.prepare(transaction.reading(), about.id, about.check)
        try:
            return sign_off.sign(
                transaction.writing(),
                g.actor,
                checked,
                shown_digest=shown_digest,
                countersigning=countersigning,
            )
        except sign_off.Moved:
            if attempt == ATTEMPTS:
                raise
            transaction.writing().rollback()
            transaction.reading().rollback()
    raise AssertionError("unreachable")


@blueprint.post("/send-back")
@requires(Permission.SUBMISSION_SIGN, of="submission")
@once(refused=not_done)
def send_back(submission: int) -> ResponseReturnValue:
    subject.of(submission)
    reason = SendBackForm().words()
    typed.checked([reason])
    parts = [(table, figure) for table, _, figure in (text.partition(":") for text in fields.several("part"))]
    sign_off.send_back(
        transaction.writing(), g.actor, submission, reason=reason, parts=parts, seen=subject.seen()
    )
    return _back(submission, "sent-back")
