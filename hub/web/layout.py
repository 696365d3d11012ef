"""What every page shows around its content: who is signed in, which partnership, its clock, contact and footer.

Views name the partnership that a page is about with `about`; the rest is worked out here, once per page.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from urllib.parse import urlencode

from flask import Flask, current_app, g, request, url_for
from govuk_frontend_wtf.main import WTFormsHelpers
from jinja2 import ChainableUndefined, ChoiceLoader, PackageLoader, PrefixLoader

from hub import clock, units
from hub.access import guard, transaction
from hub.agreements.terms import amount
from hub.config import Config
from hub.errors import WrongUsage
from hub.measures.coverage import named
from hub.partners.models import Partnership
from hub.partners.policy import Permission, Place
from hub.partners.roles import SOME
from hub.periods import parse
from hub.web.assets import asset
from hub.web.once import form_keys


@dataclass(frozen=True)
class Section:
    """An entry of the navigation: shown to whoever holds one of the permissions anywhere, be it narrowed to something."""

    text: str
    endpoint: str
    permissions: tuple[Permission, ...]


SECTIONS: list[Section] = [
    Section("Home", "home.home", (Permission.ACCOUNT_OWN,)),
    Section("Upload a file", "upload.upload", (Permission.DRAFT_WRITE,)),
    Section("Board", "board.boards", (Permission.BOARD_READ,)),
    Section("Sent and logged", "compared.places", (Permission.BOARD_READ,)),
    Section("Places like this", "compare.places", (Permission.FIGURES_PUBLISHED,)),
    Section("Agreements", "agreements.agreements", (Permission.AGREEMENT_READ,)),
    Section("Run the partnership", "running.partnerships", (Permission.PARTNERSHIP_RUN,)),
    Section("People", "people.index", (Permission.PEOPLE_SEE,)),
    Section("Data dictionary", "dictionary.returns", (Permission.ACCOUNT_OWN,)),
]


# What a page says about the form that led to it; the address carries only the word.
DONE = {
    "dispute-raised": "Recorded. The page of money says that this contribution is disputed.",
    "dispute-ended": "Recorded. The dispute is ended.",
    "agreement-opened": "The draft is open. Every party that is named in it is told.",
    "agreement-done": "Kept. It stands on this page with your name and the time.",
    "agreement-agreed": "Agreed. It counts while these parts read as they do now.",
    "agreement-answered": "Kept. Whoever proposed it is told.",
    "agreement-chased": "Reminders are on their way. Under “Remind the parties” stands who was written to, and who was not and why.",
    "agreement-dropped": "Dropped. Whoever was told of the draft is told, with your reason on its page.",
    "agreement-put": "Put to the parties. Each party’s signatories are told.",
    "agreement-signed": "Signed for your party, bound to the text as you read it.",
    "agreement-papered": "Recorded. It counts once another person has confirmed it.",
    "saved": "Saved. You can come back and go on at any time.",
    "checked": "Saved and checked.",
    "explained": "Your explanations are saved. They stay with the figures for good.",
    "sent": "Sent for sign-off. The signatory of your agency sees it on their first page.",
    "withdrawn": "Withdrawn. It is a draft again.",
    "sent-back": "Sent back with your reason.",
    "signed": "Signed. The figures are in the ledger.",
    "deputy-named": "Saved. The partnership’s data team sees it too.",
    "absence-ended": "Saved: you are not away then.",
    "asked": "Asked. It waits for a second person; this page shows what becomes of it.",
    "answered": "Answered. The asker sees it, and it is kept.",
    "taken-back": "Taken back.",
    "request-ended": "Ended. The reason is kept.",
    "ended": "Signed out there.",
    "proposed": "Proposed. Somebody who may approve this role sees it on their page of people.",
    "approved": "Approved. Whoever has never signed in is invited by mail; this page says whether it went.",
    "invited": "Their invitation goes out once more. The link of the one before does not work any longer.",
    "refused": "Taken off the list. It was not approved.",
    "renewed": "Renewed. The role lasts as long again from today.",
    "role-ended": "The role ended. It is refused from now on.",
    "disabled": "Disabled. Their sign-ins and keys are refused from now on.",
    "disabled-here": "Their roles here ended. They hold roles elsewhere, and can still sign in for those.",
    "enabled": "They can sign in again. Roles that ended stay ended.",
    "proposed-all": "All were proposed. Each waits for a second person.",
    "partnership-made": "The partnership is there. Its set-up list says what comes next.",
    "definitions-brought": "In force from now on.",
    "definitions-proposed": "Checked and proposed. It is in force once another person approves it.",
    "accepted": "Accepted. Figures can be sent and signed from now on.",
    "sharing-withdrawn": "Withdrawn. Nothing more can be sent or signed.",
    "history-prepared": "Checked and prepared. A signatory of your agency signs it.",
    "history-signed": "Signed. The history is in the ledger.",
    "mapping-saved": "Saved. A file with these columns is read by it from now on.",
    "mapping-retired": "Retired. Files are no longer read by it; what it read stays as it is.",
    "mapping-restored": "In use again.",
    "mapping-dropped": "Given up. Nothing of the sample was kept.",
    "asked-retention": "Noted. A hold holds from now on; anything else waits for a second person.",
    "kept": "Saved.",
    "again": "It goes out again with the next round of the worker.",
    "test-mail": "A test mail is on its way to you. It stands in this list within a minute.",
    "new-link": "A new link is on its way to your e-mail address. It comes within a few minutes.",
    "post-chosen": "Saved. It holds from your next mail on.",
    "agency-added": "Added. What it owes is on the due list from now on.",
    "agencies-added": "All were added. What they owe is on the due list from now on.",
    "signed-all": "Signed. Each return has a signature and a receipt of its own.",
    "judged": "Kept with your reason. The agency reads it beside its own row.",
    "reviewed": "Noted: you looked through the people. Whoever has left is refused from now on.",
    "matter-explained": "Your explanation is kept. Both sides and the data team read it.",
    "paper-drafted": "Drafted from the verdicts as they are known now. Read it, edit it, then issue it.",
    "paper-issued": "Issued in your name. It stays as it is, and every party reads it.",
    "milestone-written": "Reported. It counts once another person has confirmed it.",
    "milestone-confirmed": "Confirmed. The milestone counts as done.",
    "remark-kept": "Kept. It stands beside the verdict for good.",
    "verdict-dispute-ended": "Kept. The dispute is ended.",
    "group-kept": "Kept. It holds for meetings that are planned from now on.",
    "meeting-planned": "Planned. Everybody who reads the Board sees it.",
    "meeting-noted": "Noted. It stands on this page with your name.",
    "pack-asked": "Asked. This is the proof; it is frozen once another person agrees to it.",
    "pack-frozen": "Frozen and sealed. Whoever it is for is told.",
    "table-released": "Released. It can be taken away now; what is published later is judged beside it.",
    "report-begun": "Begun. Write under its headings; its figures are of this moment.",
    "report-written": "Kept.",
    "report-issued": "Issued in your name, frozen and sealed. The Board’s members are told.",
    "pack-withdrawn": "Withdrawn. It stays readable under its address, and says so.",
    "question-asked": "Asked. The Board’s business manager is told, and this page shows what becomes of it.",
    "question-done": "Kept. Whoever has the next part in it is told.",
    "note-written": "The note is written. The matter closes when both sides have signed it.",
    "note-signed": "Signed for your side.",
    "correction-asked": "Asked. The agency is told and answers it.",
    "corrections-answered": "Your answers are kept. Another person of your agency signs them.",
    "corrections-in-draft": "Your answers are kept, and the new values are in a draft. Check it, then send it for sign-off.",
    "corrections-signed": "Signed. Whoever asked sees the answers.",
}


def install(app: Flask) -> None:
    app.jinja_options = {"undefined": ChainableUndefined, "trim_blocks": True, "lstrip_blocks": True}
    app.jinja_loader = ChoiceLoader(
        [
            PackageLoader("hub.web"),
            PrefixLoader(
                {
                    "govuk_frontend_jinja": PackageLoader("govuk_frontend_jinja"),
                    "govuk_frontend_wtf": PackageLoader("govuk_frontend_wtf"),
                }
            ),
        ]
    )
    WTFormsHelpers(app)
    app.jinja_env.filters.update(
        day=day,
        moment=moment,
        figure=figure,
        day_of=day_of,
        measured=measured,
        named=named,
        period_name=period_name,
    )
    app.jinja_env.globals.update(asset=asset, form_keys=form_keys, contact_line=contact_line)
    app.context_processor(around)


def about(partnership: Partnership) -> None:
    """Say which partnership this page is about: its name, banner, clock and contact are shown."""
    g.partnership = partnership


def partnership_of_page() -> Partnership:
    """The partnership that the guard found; the page is said to be about it."""
    found = transaction.reading().get_one(Partnership, g.place.partnership_id)
    about(found)
    return found


def about_none() -> None:
    """A page across several partnerships is about none of them."""
    g.pop("partnership", None)


def about_one_of(partnerships: Sequence[Partnership]) -> None:
    """A page of one's own is about one's partnership, where there is only one."""
    if len({partnership.id for partnership in partnerships}) == 1:
        about(partnerships[0])


def config() -> Config:
    found: Config = current_app.config["HUB"]
    return found


def around() -> dict[str, Any]:
    partnership: Partnership | None = g.get("partnership")
    person = g.get("person")
    illustrative = partnership.illustrative if partnership else config().demo
    is_before_all: bool = g.get("is_before_all", False)
    return {
        "partnership": partnership,
        "person": person,
        "illustrative": illustrative,
        "today": clock.today_for(partnership) if partnership and illustrative else None,
        "navigation": [
            {
                "text": section.text,
                "href": url_for(section.endpoint),
                "active": request.endpoint == section.endpoint,
            }
            for section in SECTIONS
            if person
            and any(
                guard.allows(g.actor, permission, Place(), only=SOME) for permission in section.permissions
            )
        ],
        "footer_links": [
            {"text": text, "href": url_for(endpoint)}
            for text, endpoint in (
                ("Privacy", "plain.privacy"),
                ("Cookies", "plain.cookies"),
                ("Accessibility", "plain.accessibility"),
                ("Terms", "plain.terms"),
                ("Data dictionary", "dictionary.returns"),
                ("Contact", "plain.contact"),
            )
        ],
        "as_at_shown": g.get("as_at_shown"),
        "is_before_all": is_before_all,
        "runs_here": is_before_all
        and partnership is not None
        and guard.allows(g.actor, Permission.PARTNERSHIP_RUN, Place(partnership.id)),
        "loaded_later": g.get("loaded_later", ()),
        "known_now_url": _known_now_url() if g.get("as_at_shown") else "",
        "done": DONE.get(request.args.get("done", "")),
    }


def _known_now_url() -> str:
    """The page of an earlier moment as it is now, with all else that the reader chose."""
    kept = {name: values for name, values in request.args.lists() if name not in ("as_at", "done")}
    return f"{request.path}?{urlencode(kept, doseq=True)}" if kept else request.path


def contact_line() -> str:
    """Whom to ask, in one sentence: the partnership's data team, else the deployer."""
    partnership: Partnership | None = g.get("partnership")
    if partnership and partnership.contact_email:
        return f"Write to {partnership.contact_name} at {partnership.contact_email}."
    if config().contact_email:
        return f"Write to {config().contact_email}."
    return "Ask whoever runs this hub for you; they have not entered an address yet."


def period_name(code: str) -> str:
    """A period as people read it: "September 2015"; the day of a meeting as a day; what a page has in words already stays."""
    if re.fullmatch(r"\d{4}-\d{2}-\d{2}", code):
        return day(date.fromisoformat(code))
    try:
        return parse(code).name
    except WrongUsage:
        return code


def day(value: date | None) -> str:
    return f"{value.day} {value:%B %Y}" if value else "no date"


def moment(value: datetime) -> str:
    local = value.astimezone(clock.LONDON)
    return f"{day(local.date())} at {local:%H:%M}"


def day_of(text: str | None) -> str:
    """The day of the moment that an address holds, as a field for a date takes it."""
    return clock.london_date(clock.parse_moment(text)).isoformat() if text else ""


def measured(value: float | None, unit: str) -> str:
    """What a promise counts or aims at, with its unit."""
    return "–" if value is None else amount(value, unit)


def figure(value: int | None, unit: str = "count") -> str:
    return "" if value is None else units.UNITS[unit].prefix + units.to_text(value, unit)
