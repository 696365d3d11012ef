"""The Board's pack of March 2015 as its members read it: the chair's summary on one page, seal and method behind one line."""

from __future__ import annotations

import html
import re
from collections.abc import Callable

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from hub.board.packs.models import PackSeal
from hub.db import open_session
from hub.partners.models import Agency
from tests.example_world import CODE
from tests.web.conftest import words

PACK = f"/partnerships/{CODE}/packs/4"
MINUTES, WORDS_A_MINUTE = 2, 150
BEHIND = re.compile(r"<details\b[^>]*>\s*<summary\b.*?</summary>.*?</details>", re.S)
# CP01, FD06A: the codes of measures, in the pack's own list of them
MEASURE_CODE = re.compile(r"\b[A-Z]{2}\d{2}[A-Z]?\b")


def main_of(page: str) -> str:
    return page[page.index("<main") : page.index("</main>")]


def text(markup: str) -> str:
    return html.unescape(words(markup)).strip()


def section(page: str, title: str) -> str:
    """What stands under one heading of the pack."""
    return page.partition(f">{title}</h2>")[2].partition("<h2")[0]


def rows(markup: str) -> list[list[str]]:
    return [
        [text(cell) for cell in re.findall(r"<t[hd]\b[^>]*>(.*?)</t[hd]>", row, re.S)]
        for row in re.findall(r"<tr\b[^>]*>(.*?)</tr>", markup, re.S)
    ]


@pytest.fixture
def pack(as_: Callable[[str], FlaskClient]) -> str:
    return main_of(as_("member").get(PACK).text)


@pytest.fixture
def sentences(as_: Callable[[str], FlaskClient]) -> list[str]:
    """What the chair reads out: each paragraph of the summary's page but the first, which says how the pack stands."""
    answer = as_("member").get(f"{PACK}/summary")
    assert answer.status_code == 200
    stands, *said = re.findall(r'<p class="govuk-body">(.*?)</p>', main_of(answer.text), re.S)
    assert text(stands) == "current As known on 5 March 2015 at 09:30."
    return [text(each) for each in said]


def seals(app: Flask) -> tuple[str, ...]:
    """Digest, key, and where the audit chain stood, as they were kept when the pack was frozen."""
    with open_session(app.extensions["hub_engine"]) as session:
        query = select(PackSeal).order_by(PackSeal.agreed_at.desc())
        seal = next(each for each in session.scalars(query) if f'{CODE}/packs/4"'.encode() in each.pdf)
        return seal.digest, seal.key, seal.chain_hash, f"entry {seal.chain_sequence}"


def test_the_seal_stands_behind_one_line(
    as_: Callable[[str], FlaskClient], pack: str, read_alone: Flask
) -> None:
    (behind,) = BEHIND.findall(pack)
    assert text(re.findall(r"<summary.*?</summary>", behind, re.S)[0]) == "As issued, and how worked out"
    assert '<details class="govuk-details">' in behind, "folded until it is asked for"
    seen = text(pack.replace(behind, ""))
    summary = text(as_("member").get(f"{PACK}/summary").text)
    for part in (*seals(read_alone), "Ed25519", "SHA-256", "position 1369"):
        assert part in text(behind)
        assert part not in seen and part not in summary


def test_the_summary_is_read_out_in_two_minutes_in_plain_sentences(
    sentences: list[str], read_alone: Flask
) -> None:
    said = " ".join(sentences)
    assert 100 < len(said.split()) <= MINUTES * WORDS_A_MINUTE
    assert all(each.endswith(".") for each in sentences)
    with open_session(read_alone.extensions["hub_engine"]) as session:
        agencies = set(session.scalars(select(Agency.code)))
    read = set(re.findall(r"\w+", said))
    assert not MEASURE_CODE.findall(said)
    # A council's number may be a figure; in brackets it is a code.
    assert not {code for code in agencies if f"({code})" in said or (not code.isdecimal() and code in read)}


def test_the_summary_says_the_figures_of_the_pack(sentences: list[str], pack: str) -> None:
    """Each sentence again where the pack says the whole, and its figure in the table from which it comes."""
    assert "No question to the Board is open." in sentences
    assert "No question is open." in text(section(pack, "Questions to the Board"))

    returns = [row for row in rows(section(pack, "Is everybody in?")) if row[2].isdecimal()]
    incomplete = [row for row in returns if int(row[2]) < int(row[3])]
    coverage = next(each for each in sentences if each.startswith("Not everybody is in"))
    assert f"{len(incomplete)} of {len(returns)} returns are incomplete" in coverage

    signals = [text(each) for each in re.findall(r"<li>(.*?)</li>", section(pack, "What changed?"), re.S)]
    (counted,) = [each for each in sentences if each.endswith("measures show a change beyond chance.")]
    assert counted.startswith(f"{len(signals)} of 8 ")
    read_out = [each for each in sentences if each in signals]
    assert read_out == signals[:3]
    charts = section(pack, "Charts and tables")
    for each in read_out:
        found = re.match(r"(.+?): ([\d,.%]+) .*?, (\w+ \d{4}), ", each)
        assert found
        name, figure, month = found.groups()
        table = charts.partition(f">{name}, the newest 13 periods</caption>")[2].partition("</table>")[0]
        assert figure == next(row for row in rows(table) if row[0] == month)[1], each

    promises = text(section(pack, "Who promised what?"))
    kept = [each for each in sentences if re.search(r": \d+ (missed|at risk|on track|met)", each)]
    assert len(kept) == 2 and all(each in promises for each in kept)
    told = [*kept, *read_out, counted, coverage, "No question to the Board is open."]
    assert sorted(told) == sorted(sentences), "nothing else is said"


def test_a_meeting_says_when_its_pack_is_to_be_frozen_and_no_pack_that_it_was(
    as_: Callable[[str], FlaskClient],
) -> None:
    """The Board’s of 10 March 2015 was to be frozen on the 3rd; the accountable group has no packs at all."""
    member, here = as_("member"), f"/partnerships/{CODE}/meetings"

    def opened(title: str, day: str, as_at: str) -> str:
        listed = member.get(f"{here}?as_at={as_at}").text
        found = re.search(rf'href="([^"]*)">{title}<span[^>]*>, {day}<', listed)
        assert found, day
        return text(member.get(html.unescape(found[1])).text)

    board = ("Safeguarding Board", "10 March 2015")
    assert "Pack to be frozen on 3 March 2015" in opened(*board, "2015-03-01")
    held = opened(*board, "2015-05-18")
    assert "to be frozen" not in held and "Pack 4 , as known on 5 March 2015" in held
    assert "frozen on" not in opened("Accountable group", "5 May 2015", "2015-05-18").partition("Packs")[0]
