"""Pages of the Board drawn again before the next reader comes, once what they show may have become another.

A signature makes anew whatever rests on its return (facts/recalled), and whoever came first waited for it. So each web process
looks every second whether anything was written, and draws again what its readers asked for lately, each page as the roles that
asked for it see it. Takes addresses that the guard let somebody through to; gives nothing: the page is thrown away, what was worked out on
its way is remembered by audience, and the guard lets every reader in, or not, as ever.
"""

from __future__ import annotations

import threading
import time
from collections import OrderedDict
from collections.abc import Collection, Hashable, Iterator, Sequence
from typing import NamedTuple

from flask import Flask, Response, current_app, g, request, url_for
from sqlalchemy import select
from sqlalchemy.exc import DBAPIError

from hub.access import transaction
from hub.audit.models import PartnershipActs
from hub.audit.settled import TOLD
from hub.clock import today_for
from hub.db import open_session
from hub.errors import HubError
from hub.facts.moments import as_at
from hub.partners import queries
from hub.partners.history_models import LedgerHead
from hub.partners.models import Partnership
from hub.partners.policy import Actor, Held
from hub.web import present_board
from hub.web.logs import LOG

OVERVIEW, MEASURE = "board.board", "board.measure"
LOOK_SECONDS = 1.0
LATELY_SECONDS = 24 * 3600
MOST_NARROWED = 60  # nobody goes through hundreds of bodies one by one
_KEY = "hub_drawn_ahead"


def install(app: Flask) -> None:
    begin(app)
    app.after_request(_note)


def begin(app: Flask) -> Ahead:
    """As if no reader had come yet."""
    ahead = app.extensions[_KEY] = Ahead(app, app.config["HUB"].drawn_ahead)
    return ahead


def of(app: Flask) -> Ahead:
    found: Ahead = app.extensions[_KEY]
    return found


def keep(app: Flask, ended: threading.Event) -> None:
    """Draw ahead until it is ended, as much time at rest as at work: whoever asks now goes first."""
    while not ended.wait(LOOK_SECONDS):
        try:
            began = time.monotonic()
            for _ in of(app).draw():
                ended.wait(time.monotonic() - began)
                began = time.monotonic()
        except DBAPIError as error:
            LOG.warning("could not draw ahead", extra={"detail": {"exception": type(error).__name__}})


def _note(response: Response) -> Response:
    if request.endpoint in (OVERVIEW, MEASURE) and response.status_code == 200 and g.actor.kind == "person":
        partnership = (request.view_args or {})["partnership"]
        page = Page(partnership, request.full_path.removesuffix("?"), g.actor.roles, g.row_scope)
        of(current_app).asked(page, time.monotonic())
    return response


class Page(NamedTuple):
    """An address as somebody with these roles asked for it; `scope` are the partnerships whose rows they may see."""

    partnership: str
    address: str
    roles: frozenset[Held]
    scope: str


class Ahead:
    """What the readers of one process asked for lately, and for which state of its ledger each page was drawn."""

    def __init__(self, app: Flask, most: int) -> None:
        self._app, self._most = app, most
        self._lock = threading.Lock()
        self._asked: OrderedDict[Page, float] = OrderedDict()  # when, by the process's own clock
        self._drawn: dict[Page, Hashable] = {}

    def asked(self, page: Page, when: float) -> None:
        with self._lock:
            self._asked[page] = when
            self._asked.move_to_end(page)
            while len(self._asked) > self._most:
                self._drawn.pop(self._asked.popitem(last=False)[0], None)

    def draw(self) -> Iterator[Page]:
        """Draw every page that may show something else by now, the last asked first; each is given once it is drawn."""
        pages = self._lately()
        states = self._states({page.partnership for page in pages}) if pages else {}
        for page in pages:
            state = states.get(page.partnership)
            if state is not None and self._drawn.get(page) != state:
                self._drawn[page] = state
                self._draw(page)
                yield page

    def _states(self, partnerships: Collection[str]) -> dict[str, Hashable]:
        """What everything that is remembered of ledgers as now rests on (facts/recalled)."""
        heads = (
            select(Partnership, LedgerHead.position, PartnershipActs.count)
            .outerjoin(LedgerHead, LedgerHead.partnership_id == Partnership.id)
            .outerjoin(PartnershipActs, PartnershipActs.partnership_id == Partnership.id)
            .where(Partnership.code.in_(partnerships))
        )
        with open_session(self._app.extensions["hub_engine"]) as session:
            told = session.scalar(select(TOLD))
            return {one.code: (told, *stands, today_for(one)) for one, *stands in session.execute(heads)}

    def _lately(self) -> list[Page]:
        with self._lock:
            oldest = time.monotonic() - LATELY_SECONDS
            for page in [each for each, when in self._asked.items() if when < oldest]:
                self._forget(page)
            return list(reversed(self._asked))

    def _forget(self, page: Page) -> None:
        self._asked.pop(page, None)
        self._drawn.pop(page, None)

    def _draw(self, page: Page) -> None:
        """A page that cannot be drawn is one that nobody will be given: its next reader is told why."""
        with self._app.test_request_context(page.address):
            g.actor, g.person, g.sign_in = Actor("person", 0, tuple(page.roles)), None, None
            transaction.narrow(page.scope)
            try:
                self._app.view_functions[str(request.endpoint)](**request.view_args or {})
                led_to = _led_to(page) if request.endpoint == OVERVIEW and not request.args else []
            except HubError:
                with self._lock:
                    self._forget(page)
            else:
                self._expect(led_to, page)

    def _expect(self, led_to: Sequence[Page], page: Page) -> None:
        """Nobody asked for these yet: they take the room that is left, behind all that somebody asked for."""
        with self._lock:
            for each in led_to:
                if each not in self._asked and page in self._asked and len(self._asked) < self._most:
                    self._asked[each] = self._asked[page]
                    self._asked.move_to_end(each, last=False)


def _led_to(page: Page) -> list[Page]:
    """Whoever opens the overview goes on to its measures, or narrows it to an area or a body."""
    session = transaction.reading()
    choices = present_board.choices(session, as_at(session, queries.partnership(session, page.partnership)))
    here = page.partnership
    measures = [url_for(MEASURE, partnership=here, measure=each.code) for each in choices.measures]
    narrowed = [
        *(url_for(OVERVIEW, partnership=here, area=each.code) for each in choices.areas),
        *(url_for(OVERVIEW, partnership=here, agency=each.code) for each in choices.agencies),
    ]
    return [page._replace(address=each) for each in (*measures, *narrowed[:MOST_NARROWED])]
