"""Every kind of page of the example, found by following links as each role: what may be asked of all of them at once.

A crawl without a browser reads what each role is shown; a real browser then looks at one page of each kind, and axe at
as many pages as hold together every piece of markup that anybody was shown.
"""

from __future__ import annotations

import html
import logging
import re
import threading
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field, replace
from functools import cache
from itertools import pairwise
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urljoin, urlsplit
from wsgiref.types import StartResponse, WSGIEnvironment

import pytest
from flask import Flask
from sqlalchemy import Engine, select
from werkzeug.exceptions import HTTPException
from werkzeug.serving import make_server
from werkzeug.wrappers import Request

from hub.access.guard import declared_of
from hub.agreements.watch.months import keep_months
from hub.app import create_app
from hub.config import from_environment
from hub.db import make_engine, open_session
from hub.facts.models import Fact
from hub.partners.models import Agency, Person
from hub.partners.policy import Permission
from tests.browser.long_names import lengthen
from tests.browser.markup import pieces
from tests.browser.paper import printed
from tests.browsers import WithAxe, violations
from tests.clients import browser, browser_of
from tests.web.conftest import CheckerInProcess

pytestmark = pytest.mark.browser

ROLES = ("member", "steward", "board.manager", "region", "inspector", "admin", "analyst.ryw", "manager.ryw",
         "school.990003", "finance.330", "nurse.rq3", "")  # fmt: skip
NOBODY = ""
# Pages of those who look after people: who they are is what these pages are for.
ADDRESS_BOOKS = {"people.index", "people.of_agency", "people.of_partnership", "people.of_region"}
# Definitions are no figures, and their names hold numbers: “per 10,000 children”.
NAMES_WITH_NUMBERS = {"running_definitions.listing"}
TAKEN_AWAY = {
    "table_builder.file",
    "table_builder.public_file",
    "taking.behind",
    "taking.measure",
    "taking.scorecard",
}
# One pack is current, another superseded or withdrawn; each table and chart of each has an address for good.
# Who drafts and signs is offered on some agreements and not on others.
STANDS = {
    "packs.one": ("number",),
    "annual.one": ("number",),
    "packs.part": ("number", "part"),
    "agreements.agreement": ("agreement",),
}
# A page of an earlier moment is of the kind of today's page, and a test below asks each for one; these show the banner.
AT_A_MOMENT = {"commitment.commitment"}
STANDING = ("current", "superseded on", "withdrawn on")
PART_NAME = re.compile(r" [0-9a-f]{16}\b")
NOT_PAGES = {"plain.static_file", "sign_in.to_provider"}
# What is read of figures and promises takes a moment, but for pages of things that keep the day they are of.
OF_FIGURES = {Permission.BOARD_READ, Permission.AGREEMENT_READ, Permission.FIGURES_PUBLISHED}
OF_THEIR_DAY = {
    "agreement_reviews.page",  # reviews that were held, each on its day
    "agreement_texts.ambition",  # one text beside that of the year before
    "agreement_texts.redline",  # two texts of an agreement, which the address names
    "office.listing",  # letters as they were issued, each with its moment
    "office.paper",
    "office.download",
    "packs.one",  # a pack is read as it was issued
    "packs.part",
    "packs.summary",
    "packs.as_pdf",
}
PAGE_ITSELF = 20_000  # looking at a page costs as much as at so many letters of it
EMAIL = re.compile(r"[\w.+-]+@[\w.-]+\.\w+")


@dataclass(frozen=True)
class Visit:
    """What one role was answered at one address."""

    role: str
    url: str
    kind: str
    status: int
    type: str
    text: str
    cookie: str
    headers: tuple[tuple[str, str], ...] = ()

    def words(self, element: str = "main") -> str:
        """What a person reads there."""
        found = re.search(rf"<{element}\b.*</{element}>", self.text, re.S)
        return html.unescape(re.sub(r"<[^>]*>", " ", found[0] if found else ""))

    @property
    def is_page(self) -> bool:
        return self.type == "text/html"

    def __str__(self) -> str:
        return f"{self.role or 'nobody'} at {self.url}"


@dataclass(frozen=True)
class Seen:
    """The running example and all that was seen on the way through it."""

    address: str
    app: Flask
    engine: Engine
    visits: tuple[Visit, ...]

    @property
    def pages(self) -> list[Visit]:
        return [visit for visit in self.visits if visit.is_page]

    def one_of_each_kind(self) -> list[Visit]:
        """One page of each kind, and everybody's first page; the later kinds of reader differ in links alone."""
        chosen: dict[str, Visit] = {}
        for visit in self.pages:
            kind = f"{visit.kind} {visit.role}" if visit.kind == "home.home" else visit.kind
            kind = PART_NAME.sub("", kind)
            chosen.setdefault(kind, visit)
        return list(chosen.values())

    def all_markup(self) -> list[Visit]:
        """Some page of every view and everybody's first page, and among all pages every piece of markup: as few and as small ones as can be."""
        held = {}
        for visit in self.pages:
            view = visit.kind.split()[0]
            held[visit] = {view, f"{view} {visit.role}" if view == "home.home" else view, *pieces(visit.text)}
        chosen: list[Visit] = []
        missing = set().union(*held.values())
        while missing:
            best = max(held, key=lambda each: len(held[each]) / (PAGE_ITSELF + len(each.text)))
            chosen.append(best)
            missing -= held[best]
            held = {each: left for each, had in held.items() if (left := had & missing)}
        return chosen


def links(visit: Visit) -> Iterator[str]:
    """The addresses of this site that a page links to, without their fragments."""
    if not visit.is_page:
        return
    for link in re.findall(r'<a\b[^>]*\bhref="([^"]*)"', visit.text):
        parts = urlsplit(urljoin(visit.url, html.unescape(link)))
        if not parts.netloc and parts.scheme != "mailto":
            yield parts._replace(fragment="").geturl()


@cache
def kind_of(app: Flask, url: str) -> str:
    """The page's view and the names that its query gives: two months of one measure are one kind."""
    parts = urlsplit(url)
    try:
        endpoint, arguments = app.url_map.bind("localhost").match(parts.path)
    except HTTPException:
        return f"broken {url}"
    asked = parse_qs(parts.query).keys() - (set() if endpoint in AT_A_MOMENT else {"as_at"})
    # Files of one table differ in their ending alone: tests/web/test_web_table_builder.py reads each.
    apart = {"code"} if endpoint in TAKEN_AWAY else {"format", "code"}
    told = arguments.keys() & (apart if asked else {*apart, *STANDS.get(endpoint, ())})
    names = sorted({*asked, *(str(arguments[name]) for name in told)})
    return " ".join([endpoint, *names])


def crawl(app: Flask, engine: Engine, role: str) -> Iterator[Visit]:
    """Follow every link of each page, once per kind of page."""
    with open_session(engine) as session:
        person = session.scalars(select(Person).where(Person.email == f"{role}@example.org")).first()
    client = browser(app) if role == NOBODY else browser_of(app, person)
    cookie = client.get_cookie("hub_demo")
    waiting, known = ["/", "/no-such-page"], set()
    while waiting:
        url = waiting.pop(0)
        kind = kind_of(app, url)
        # Every part is opened once: what a role may not read, its pack does not link to.
        seen_as = PART_NAME.sub("", kind) if role != "member" else kind
        if seen_as in known or kind in NOT_PAGES:
            continue
        known.add(seen_as)
        answer = client.get(url)
        if answer.status_code in {302, 303}:
            waiting.insert(0, answer.location)
            continue
        text = answer.text if answer.mimetype.startswith("text/") else answer.data.decode("latin-1")
        visit = Visit(
            role,
            url,
            kind,
            answer.status_code,
            answer.mimetype,
            text,
            cookie.value if cookie else "",
            tuple(answer.headers),
        )
        yield visit
        waiting += links(visit)


@dataclass
class AsSeen:
    """The hub to a browser: a page that the crawl was shown is shown again as it was, to that reader; all else is asked for."""

    app: Flask
    pages: dict[tuple[str, str], Visit] = field(default_factory=dict)

    def remember(self, visits: tuple[Visit, ...]) -> None:
        self.pages = {(visit.cookie, visit.url): visit for visit in visits if visit.is_page}

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        asked = Request(environ)
        url = asked.full_path.removesuffix("?")
        visit = self.pages.get((asked.cookies.get("hub_demo", ""), url)) if asked.method == "GET" else None
        if visit is None:
            return self.app(environ, start_response)
        start_response(str(visit.status), [*visit.headers])
        return [visit.text.encode()]


@pytest.fixture(scope="module")
def seen(example_file: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Seen]:
    logging.getLogger("werkzeug").setLevel(logging.ERROR)
    copy = tmp_path_factory.mktemp("every-page") / "example.sqlite"
    copy.write_bytes(example_file.with_name("example-2015.sqlite").read_bytes())
    engine = make_engine(f"sqlite:///{copy}")
    lengthen(engine)
    keep_months(engine)  # as the worker does: pages that look back read what is kept
    config = from_environment({"HUB_SECRET_KEY": "k" * 40, "HUB_DEMO": "1"})
    app = create_app(config, engine=engine, checker=CheckerInProcess())
    as_seen = AsSeen(app)
    server = make_server("127.0.0.1", 0, WithAxe(as_seen), threaded=True)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    visits = tuple(visit for role in ROLES for visit in crawl(app, engine, role))
    as_seen.remember(visits)
    yield Seen(f"http://127.0.0.1:{server.server_port}", app, engine, visits)
    server.shutdown()
    thread.join()
    server.server_close()
    engine.dispose()


def wrong(visits: list[Visit], right: Callable[[Visit], bool]) -> list[str]:
    return [str(visit) for visit in visits if not right(visit)]


def test_no_link_leads_nowhere(seen: Seen) -> None:
    """Whatever a page offers its reader may be opened by that reader: a link that is refused is not offered."""
    offered = [visit for visit in seen.visits if visit.kind != "broken /no-such-page"]
    assert len({visit.kind for visit in offered}) > 25
    stand = {
        word
        for visit in offered
        if visit.kind.startswith(("packs.", "annual."))
        for word in STANDING
        if word in visit.text
    }
    assert stand == set(STANDING)
    assert not wrong(offered, lambda visit: visit.status == 200)


def test_each_page_has_its_own_title_and_one_heading(seen: Seen) -> None:
    titles: dict[tuple[str, str], list[str]] = defaultdict(list)
    for visit in seen.pages:
        assert visit.text.count("<h1") == 1, visit
        titles[visit.role, visit.words("title")].append(visit.url)
    shared = {title: urls for title, urls in titles.items() if len({urlsplit(url).path for url in urls}) > 1}
    assert not shared


def test_every_page_and_download_says_that_its_figures_are_illustrative(seen: Seen) -> None:
    signed_in = [visit for visit in seen.visits if visit.role and visit.status == 200]
    texts = [
        visit
        for visit in signed_in
        if visit.type.startswith("text/") and "template" not in visit.kind  # an empty form holds no figure
    ]
    assert {visit.type for visit in texts} >= {"text/html", "text/csv"}
    assert not wrong(texts, lambda visit: "illustrative" in visit.text.lower())


def test_every_page_and_download_of_figures_takes_a_moment(seen: Seen) -> None:
    """A new view of figures or promises takes `as_at` and says so in a banner, or is named above with its reason."""
    views: dict[str, Visit] = {}
    for visit in seen.visits:
        view = visit.kind.split()[0]
        declared = declared_of(seen.app, view) if "." in view else None
        if (
            visit.status == 200
            and declared
            and declared.permission in OF_FIGURES
            and view not in OF_THEIR_DAY
        ):
            views.setdefault(view, visit)
    assert len(views) > 25
    forgotten = []
    for view, visit in views.items():
        client = seen.app.test_client()
        client.set_cookie("hub_demo", visit.cookie)
        path, _, query = visit.url.partition("?")
        kept = "&".join(part for part in query.split("&") if part and not part.startswith("as_at="))
        then = client.get(f"{path}?{kept}&as_at=2015-05-17")
        if visit.is_page:
            said = "As at 17 May 2015" in then.text
        else:  # a file says it in its name
            said = "2015-05-17" in then.headers["Content-Disposition"]
        forgotten += [] if then.status_code == 200 and said else [f"{view}: {visit.url}"]
    assert not forgotten


def test_every_chart_has_its_words_and_its_table(seen: Seen) -> None:
    charts = 0
    for visit in seen.pages:
        parts = re.split(r"<figure\b", visit.text)
        assert len(parts) == 1 or "<td" in parts[-1], f"{visit}: charts without their table"
        for panel in parts[1:]:
            charts += 1
            drawing = re.search(r"<svg\b[^>]*>", panel)
            assert drawing and 'role="img"' in drawing[0] and "aria-label" in drawing[0], visit
    assert charts >= 12


def test_no_label_of_a_cell_stands_before_nothing(seen: Seen) -> None:
    """On a phone a cell of a list says its column before what it holds; an empty one says neither."""
    labelled = re.compile(r'data-label="([^"]*)"[^>]*>\s*</')
    assert sum(visit.text.count("data-label=") for visit in seen.pages) > 1000
    assert not {(visit.kind, label) for visit in seen.pages for label in labelled.findall(visit.text)}
    # Of schools that are read together nobody is told how many moved a figure.
    told = next(each for each in seen.pages if (each.role, each.kind) == ("member", "board.measure"))
    place = urlsplit(told.url).path.partition("/measures/")[0]
    client = seen.app.test_client()
    client.set_cookie("hub_demo", told.cookie)
    explained = client.get(f"{place}/measures/RF01/explain?before=2014-02&period=2014-03").text
    schools = explained.partition("Schools, read together")[2].partition("</tr>")[0]
    assert re.findall(r'data-label="([^"]*)"', schools) == ["Moved it by"]
    assert 'data-label="Agencies"' in explained and not labelled.search(explained)


def test_the_administrator_sees_no_figure(seen: Seen) -> None:
    """No number of three digits or more on any of the administrator's pages is a signed figure."""
    with open_session(seen.engine) as session:
        figures = set(session.scalars(select(Fact.value).where(Fact.value >= 100)))
        codes = {int(code) for code in session.scalars(select(Agency.code)) if code.isdecimal()}
    figures -= codes | set(range(1990, 2030))
    assert len(figures) > 200
    public = {visit.kind for visit in seen.pages if visit.role == NOBODY}
    mine = [
        visit
        for visit in seen.pages
        if visit.role == "admin" and visit.kind not in public | NAMES_WITH_NUMBERS
    ]
    assert {visit.url for visit in mine} >= {"/", "/account", "/set-up"}
    for visit in mine:
        shown = visit.words().replace(",", "")
        assert not figures & {int(number) for number in re.findall(r"\b\d{3,}\b", shown)}, visit


def test_no_page_tells_other_peoples_addresses(seen: Seen) -> None:
    for visit in seen.pages:
        if visit.kind in ADDRESS_BOOKS:
            continue
        contacts = set(re.findall(r'href="mailto:([^"?]*)', visit.text)) | set(
            EMAIL.findall(visit.words("footer"))
        )
        told = set(EMAIL.findall(visit.words("body")))
        shown_how = {
            address for address in told if address.endswith(".example.org")
        }  # in what a list looks like
        assert not told - contacts - shown_how - {f"{visit.role}@example.org"}, visit


def opened(seen: Seen, context: Any, visit: Visit) -> Any:
    """The page in a browser of its own reader; `complaints` is what the console said."""
    context.clear_cookies()
    if visit.cookie:
        context.add_cookies([{"name": "hub_demo", "value": visit.cookie, "url": seen.address}])
    page = context.pages[0]
    page.goto(visit.url)
    return page


def test_a_browser_finds_no_fault_on_any_kind_of_page(seen: Seen, chromium: Any) -> None:
    """axe and the console, on a wide screen."""
    faults: list[object] = []
    context = chromium.new_context(base_url=seen.address, viewport={"width": 1280, "height": 900})
    context.new_page().on("console", lambda message: faults.append((message.text, message.location)))
    looked_at = seen.all_markup()
    assert {visit.kind.split()[0] for visit in looked_at} == {visit.kind.split()[0] for visit in seen.pages}
    for visit in looked_at:
        found = violations(opened(seen, context, visit))
        faults += [(str(visit), fault["id"], fault["nodes"][0]["html"]) for fault in found]
    context.close()
    assert not [fault for fault in faults if "404" not in str(fault)]


def test_the_scorecard_is_one_landscape_sheet_and_the_overview_prints_without_its_furniture(
    seen: Seen, chromium: Any
) -> None:
    context = chromium.new_context(base_url=seen.address)
    context.new_page()
    for view, day in (("scorecard", ""), ("scorecard", "?as_at=2015-03-10"), ("board", "?as_at=2014-10-01")):
        card = next(
            each
            for each in seen.pages
            if (each.role, each.kind.split()[0]) == ("member", "board.scorecard_page")
        )
        page = opened(
            seen, context, replace(card, url=f"{urlsplit(card.url).path.replace('scorecard', view)}{day}")
        )
        paper = page.pdf(format="A4", landscape=True, prefer_css_page_size=True)
        sheets = len(re.findall(rb"/Type\s*/Page\b(?!s)", paper))
        assert sheets == 1 if view == "scorecard" else 1 < sheets <= 8, (view, day, sheets)
        assert set(re.findall(rb"/MediaBox \[0 0 (\d+)", paper)) <= {b"841", b"842"}
        page.emulate_media(media="print")
        assert not page.is_visible("nav") and not page.is_visible("form") and page.is_visible("h1")
        # Nothing stays folded on paper: each signal and each measure that moves as it did is read.
        signals = page.locator(".hub-questions details li")
        assert all(each.evaluate("one => one.checkVisibility()") for each in signals.all())
        assert (signals.count() > 10) == (view == "board")
        page.emulate_media(media="null")
    context.close()


# Sheets of many heights, so that one of them ends where the charts begin.
HEIGHTS = range(190, 300, 6)  # in millimetres
HEADINGS_ON_PAPER = """[...document.querySelectorAll("h1, h2, h3")]
    .filter(one => one.checkVisibility()).map(one => one.innerText)"""


def test_a_heading_of_the_printed_overview_stands_with_what_follows_it(seen: Seen, chromium: Any) -> None:
    overview = next(each for each in seen.pages if (each.role, each.kind) == ("member", "board.board"))
    context = chromium.new_context(base_url=seen.address)
    page = context.new_page()
    opened(seen, context, overview)
    page.emulate_media(media="print")
    names = page.evaluate(HEADINGS_ON_PAPER)
    before_charts = names.index("Volume beside timeliness")
    parted, begin = set(), set()
    for height in HEIGHTS:
        pieces_of_it = printed(page.pdf(width="210mm", height=f"{height}mm", tagged=True))
        sheet = {piece.heading: piece.sheet for piece in pieces_of_it if piece.heading is not None}
        assert len(sheet) == len(names)
        for one, after in pairwise(pieces_of_it):
            if one.sheet != after.sheet and one.heading != after.heading:
                begin.add(after.heading)
                parted |= set() if one.heading is None else {(height, names[one.heading])}
        if sheet[before_charts] != sheet[before_charts + 1]:
            parted.add((height, names[before_charts]))
    context.close()
    assert not parted
    assert before_charts in begin, "on some paper there is no room for a chart below its heading"


# What scrolls sideways, and each column's heading with whether all of it is in the window.
COLUMNS_IN_SIGHT = """() => {
    const within = document.documentElement.clientWidth;
    const seen = ({left, right, width}) => width > 0 && left >= 0 && right <= within;
    return [
        [...document.querySelectorAll("html, .hub-wide")].filter(one => one.scrollWidth > one.clientWidth).length,
        [...document.querySelectorAll(".hub-scorecard thead th")].map(head =>
            [head.innerText, head.checkVisibility() && seen(head.getBoundingClientRect())]),
    ];
}"""


@pytest.mark.parametrize("width", [768, 820])
def test_all_columns_of_the_scorecard_are_in_sight_on_a_tablet_held_upright(
    seen: Seen, chromium: Any, width: int
) -> None:
    card = next(each for each in seen.pages if (each.role, each.kind) == ("member", "board.scorecard_page"))
    context = chromium.new_context(base_url=seen.address, viewport={"width": width, "height": 1024})
    context.new_page()
    scrolling, columns = opened(seen, context, card).evaluate(COLUMNS_IN_SIGHT)
    context.close()
    assert dict(columns) == dict.fromkeys(
        ("Measure", "Target", "Latest", "A year before", "The last thirteen", "Change", "Received"), True
    )
    assert not scrolling


# Each table of lines by months: whether its newest month is in sight, and, with its oldest scrolled to, whether the line's name is.
LINES_IN_SIGHT = """[...document.querySelectorAll(".hub-wide:has(.hub-table--lines, .hub-built)")].map(frame => {
    const at = one => frame.querySelector(one).getBoundingClientRect();
    const newest = at("thead th:nth-child(2)").right <= frame.getBoundingClientRect().right;
    frame.scrollLeft = frame.scrollWidth;
    const within = frame.getBoundingClientRect(), name = at("tbody th");
    const stays = name.left >= within.left - 1 && name.right <= at("thead th:last-child").left + 1;
    return [frame.getAttribute("aria-label"), newest, stays, frame.scrollLeft];
})"""


@pytest.mark.parametrize("width", [320, 768, 820])
def test_the_newest_months_and_whose_line_it_is_are_in_sight(seen: Seen, chromium: Any, width: int) -> None:
    """Of a year of months by agency, kind, setting and area. A tablet held upright holds a year of counts whole."""
    page = next(each for each in seen.pages if (each.role, each.kind) == ("member", "board.measure"))
    place = urlsplit(page.url).path.partition("/measures/")[0]
    context = chromium.new_context(base_url=seen.address, viewport={"width": width, "height": 1024})
    context.new_page()
    tables = opened(seen, context, replace(page, url=f"{place}/measures/RF01")).evaluate(LINES_IN_SIGHT)
    built = replace(page, url=f"{place}/tables?measure=RF01&by=agency&from=2014-05&to=2015-04")
    (table,) = opened(seen, context, built).evaluate(LINES_IN_SIGHT)
    assert table[1:3] == [True, True] and table[3] > 0
    context.close()
    assert len(tables) >= 6
    assert not [name for name, newest, stays, _ in tables if not (newest and stays)]
    scrolled = {name for name, _, _, aside in tables if aside}
    assert "By agency" in scrolled if width == 320 else not scrolled & {"By agency", "By kind of agency"}


# Each table's frame with how much of it is out of sight.
OUT_OF_SIGHT = """[...document.querySelectorAll(".hub-wide")]
    .map(one => [one.getAttribute("aria-label"), one.scrollWidth - one.clientWidth])"""
TALL = "document.documentElement.scrollHeight"
LISTS = {"agreements.agreements", "meetings.listing", "challenges.listing", "board.behind", "board.lower",
         "board.journey_page"}  # fmt: skip


def test_lists_are_read_without_scrolling_aside_and_a_long_drill_is_folded(seen: Seen, chromium: Any) -> None:
    """On a phone, on a tablet held upright and on a desktop; what is folded opens without scripts and is open on paper."""
    lists = {visit.kind: visit for visit in seen.pages if visit.role == "member" and visit.kind in LISTS}
    assert lists.keys() == LISTS
    place = urlsplit(lists["meetings.listing"].url).path.removesuffix("/meetings")
    drill = replace(lists["board.behind"], url=f"{place}/measures/RF01/2015-03")
    context = chromium.new_context(base_url=seen.address, java_script_enabled=False)
    page, aside = context.new_page(), []
    for width in (360, 768, 820, 1280):
        page.set_viewport_size({"width": width, "height": 800})
        for visit in [*lists.values(), drill]:
            frames = opened(seen, context, visit).evaluate(OUT_OF_SIGHT)
            assert frames, visit
            aside += [(width, str(visit), name, out) for name, out in frames if out > 0]
    assert not aside
    page.set_viewport_size({"width": 360, "height": 800})
    opened(seen, context, drill)
    school = page.locator(".hub-fold th", has_text="(990001)")
    tall = page.evaluate(TALL)
    assert not school.is_visible() and tall < 7000
    page.emulate_media(media="print")
    assert school.evaluate("one => one.checkVisibility()")
    page.emulate_media(media="null")
    page.get_by_text("40 signed figures that are not shown").click()
    assert school.is_visible()
    assert page.evaluate(TALL) > tall + 4000
    context.close()


# How wide the page is, what of it scrolls sideways, and how many lines it has.
CHRONOLOGY = """[
    document.documentElement.scrollWidth,
    [...document.querySelectorAll(".hub-wide")].filter(one => one.scrollWidth > one.clientWidth).length,
    document.querySelectorAll(".hub-chronology tbody tr").length,
]"""


def test_a_chronology_is_read_without_scrolling_aside(seen: Seen, chromium: Any) -> None:
    """Of schools' returns that came one by one, and of what was asked, noted and decided about a measure of a long name."""
    told = next(each for each in seen.pages if (each.role, each.kind) == ("member", "board.measure"))
    place = urlsplit(told.url).path.partition("/measures/")[0]
    context = chromium.new_context(base_url=seen.address)
    context.new_page()
    for measure, fewest in (("RF01", 100), ("FD05", 20)):
        page = opened(
            seen, context, replace(told, url=f"{place}/measures/{measure}/chronology?since=2014-01-01")
        )
        for width in (320, 768):
            page.set_viewport_size({"width": width, "height": 800})
            wide, aside, lines = page.evaluate(CHRONOLOGY)
            assert (wide, aside) == (width, 0) and lines >= fewest, (measure, wide, aside, lines)
    context.close()


# Each table with whether it is wider than its frame, and whether it can be scrolled to its end, by keyboard too.
SCROLLED = """[...document.querySelectorAll("main table")].map(table => {
    const frame = table.parentElement, name = table.caption.innerText;
    const wider = table.getBoundingClientRect().right > frame.getBoundingClientRect().right + 1;
    frame.scrollLeft = frame.scrollWidth;
    const ends = table.getBoundingClientRect().right <= frame.getBoundingClientRect().right + 1;
    const named = frame.getAttribute("role") === "region" && frame.hasAttribute("aria-label");
    return [name, wider, ends && named && frame.tabIndex === 0];
})"""


def test_a_packs_wide_tables_scroll_in_their_frames_on_a_phone(seen: Seen, chromium: Any) -> None:
    packs = [each for each in seen.pages if each.role == "member" and each.kind.startswith("packs.one")]
    context = chromium.new_context(base_url=seen.address, viewport={"width": 320, "height": 800})
    context.new_page()
    wider = 0
    for visit in packs:
        page = opened(seen, context, visit)
        assert page.evaluate("document.documentElement.scrollWidth") == 320, visit
        tables = [(name, reached) for name, wide, reached in page.evaluate(SCROLLED) if wide]
        assert not [name for name, reached in tables if not reached], visit
        wider += len(tables)
    context.close()
    assert len(packs) > 1 and wider > 5


# Asked at once: three questions cost more than drawing the page.
WIDTH_AND_WORDS = """[
    document.documentElement.scrollWidth,
    document.querySelector("h1").checkVisibility({visibilityProperty: true}),
    document.querySelector("main").innerText.length,
]"""


def test_every_kind_of_page_works_without_scripts_on_a_narrow_screen(seen: Seen, chromium: Any) -> None:
    """The body never scrolls sideways, however long names are, and what the page is about can be read."""
    faults = []
    kinds = seen.one_of_each_kind()
    assert 30 < len(kinds) <= 200
    charted = next(visit for visit in kinds if visit.kind == "board.measure")
    # By area, of which two have long names; the first measure's page that is linked to is not counted by area.
    kinds.append(replace(charted, url=f"{charted.url.rpartition('/')[0]}/FD05"))
    context = chromium.new_context(
        base_url=seen.address, viewport={"width": 320, "height": 640}, java_script_enabled=False
    )
    context.new_page()
    for visit in kinds:
        page = opened(seen, context, visit)
        wide, headed, words = page.evaluate(WIDTH_AND_WORDS)
        if wide > 320:
            faults.append(f"{visit}: {wide} wide")
        if not headed or words < 30:
            faults.append(f"{visit}: nothing to read")
    context.close()
    assert not faults
