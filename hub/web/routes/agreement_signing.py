"""Signing an agreement: put to the parties by its coordinator, signed by each party's signatory or on paper."""

from __future__ import annotations

from flask import Blueprint, g, render_template, request
from flask.typing import ResponseReturnValue

from hub.access import transaction
from hub.access.guard import requires
from hub.access.sessions import is_demo
from hub.agreements.negotiation import signing
from hub.agreements.negotiation.parts import name_of
from hub.errors import AreYouSure, HubError, NotReady
from hub.partners import queries
from hub.partners.models import Account
from hub.partners.policy import Permission
from hub.web import fields, present_negotiation, reach, typed
from hub.web.once import once
from hub.web.routes.negotiation import doer, to

blueprint = Blueprint(
    "agreement_signing", __name__, url_prefix="/partnerships/<partnership>/agreements/<agreement>"
)

NOT_AGREED = {
    "silent": "silent on",
    "void": "agreed to an earlier wording of",
    "proposed": "proposes a change of",
}


def _put_page(partnership: str, agreement: str, *, complaint: str = "") -> str:
    it = present_negotiation.page(partnership, agreement)
    return render_template(
        "negotiation/put.html",
        heading="Put the text to the parties for signature",
        it=it,
        open_parts=it.found.open_parts,
        by_party=_open_by_party(it),
        in_the_way=signing.in_the_way(transaction.reading(), it.found),
        disputes=[each for each, end in it.found.disputes if end is None],
        name_of=name_of,
        complaint=complaint,
    )


def _open_by_party(it: present_negotiation.Page) -> list[tuple[str, list[tuple[str, list[str]]]]]:
    """Name of each party that has not agreed to everything → how it stands → on which parts."""
    found = []
    for code, name in it.names.items():
        mine = [
            each for positions in it.found.open_parts.values() for each in positions if each.party == code
        ]
        stands = [
            (words, [one.part for one in mine if one.word == word]) for word, words in NOT_AGREED.items()
        ]
        if mine:
            found.append((name, [(words, parts) for words, parts in stands if parts]))
    return found


@blueprint.get("/put")
@requires(Permission.AGREEMENT_DRAFT, of="agreement")
def put_page(partnership: str, agreement: str) -> str:
    """Asks before it is done: on which parts parties are silent, or have agreed to what reads otherwise now."""
    return _put_page(partnership, agreement)


def not_put(error: HubError, partnership: str, agreement: str) -> ResponseReturnValue:
    return _put_page(partnership, agreement, complaint=error.sentence), 409


@blueprint.post("/put")
@requires(Permission.AGREEMENT_DRAFT, of="agreement")
@once(refused=not_put)
def put(partnership: str, agreement: str) -> ResponseReturnValue:
    signing.put(doer(partnership, agreement), request.form.get("shown", ""))
    return to("negotiation.negotiation", partnership, agreement, "agreement-put")


def _sign_page(partnership: str, agreement: str, *, complaint: str = "", asks_sure: bool = False) -> str:
    it = present_negotiation.page(partnership, agreement)
    unsigned = set(it.found.unsigned)
    names = present_negotiation.names_in(it)
    waiting = {each.party for each in it.found.signatures if not each.is_void and not each.counts}
    return render_template(
        "negotiation/sign.html",
        heading="The agreement as signed" if not it.found.unsigned else "Sign the agreement",
        it=it,
        parts=[
            (name_of(part), present_negotiation.as_shown(said, names))
            for part, said in it.found.text.parts.items()
        ],
        signatures=present_negotiation.signatures(it),
        signs_for=_own(it, Permission.AGREEMENT_SIGN, unsigned - waiting),
        records_for=_own(it, Permission.AGREEMENT_RECORD_PAPER, unsigned - waiting),
        papers=[
            each
            for each in it.found.signatures
            if each.on_paper and each.confirmed is None and not each.is_void
        ],
        may_confirm=reach.may_here(Permission.AGREEMENT_CONFIRM_PAPER, g.place),
        person=g.person,
        complaint=complaint,
        asks_sure=asks_sure,
        typed=request.form,
    )


def _own(it: present_negotiation.Page, permission: Permission, among: set[str]) -> list[str]:
    """The parties that the person does this for, of those that have not signed."""
    mine = reach.agency_ids(permission)
    session = transaction.reading()
    return [code for code in it.names if code in among and queries.agency(session, code).id in mine]


@blueprint.get("/sign")
@requires(Permission.AGREEMENT_DRAFT, of="agreement")
def sign_page(partnership: str, agreement: str) -> str:
    return _sign_page(partnership, agreement)


def not_signed(error: HubError, partnership: str, agreement: str) -> ResponseReturnValue:
    """Nothing was signed: the page says why and shows the text as it reads now."""
    sure = isinstance(error, AreYouSure)
    return _sign_page(partnership, agreement, complaint=error.sentence, asks_sure=sure), 409


@blueprint.post("/sign")
@requires(Permission.AGREEMENT_SIGN, of="agreement", fresh=True)
@once(refused=not_signed)
def sign(partnership: str, agreement: str) -> ResponseReturnValue:
    """Bound to the digest of the text that was shown, by a person who has just shown who they are."""
    _second_factor()
    signing.sign(doer(partnership, agreement), request.form.get("shown", ""))
    return to("negotiation.negotiation", partnership, agreement, "agreement-signed")


def _second_factor() -> None:
    """A school's signatory signs returns without one; an agreement takes one, or paper."""
    account = transaction.reading().get_one(Account, g.sign_in.account_id)
    if account.kind == "local" and account.totp_secret is None and not is_demo():
        raise NotReady(
            "An agreement is signed with a second factor. Set up an authenticator app on your account page, or sign on paper."
        )


@blueprint.post("/paper")
@requires(Permission.AGREEMENT_RECORD_PAPER, of="agreement")
@once(refused=not_signed)
def record_paper(partnership: str, agreement: str) -> ResponseReturnValue:
    name = fields.text("name")
    typed.names([name])
    signing.record_paper(
        doer(partnership, agreement), request.form.get("shown", ""), name=name, on_date=fields.day("on_date")
    )
    return to("negotiation.negotiation", partnership, agreement, "agreement-papered")


@blueprint.post("/paper/judge")
@requires(Permission.AGREEMENT_CONFIRM_PAPER, of="agreement")
@once(refused=not_signed)
def judge_paper(partnership: str, agreement: str) -> ResponseReturnValue:
    """Another person has the paper before them: it is so, or it is not."""
    holds = request.form.get("judge") == "confirm"
    signing.judge_paper(doer(partnership, agreement), fields.number("paper"), holds=holds)
    return to("agreements.agreement", partnership, agreement, "agreement-done")
