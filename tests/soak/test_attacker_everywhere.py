"""Each reader follows every link of both twin examples, of every measure and at two moments: no answer differs.

The everyday suite asks one door of each kind (tests/measures/test_attacker_twins.py).
"""

from __future__ import annotations

import pytest

from hub.facts.recalled import forget
from hub.measures.load import measures_as_at
from tests.browser.test_every_page import NOT_PAGES, Visit, kind_of, links
from tests.example_world import Example
from tests.measures.test_attacker import READERS
from tests.measures.test_attacker_twins import PLACE, WAIT, Twins, browser_for, public_twins, twins  # noqa: F401
from tests.measures.twins import first_difference, read

MOST = 400  # addresses of one reader: some twenty minutes for all readers
# Whose own hidden counts differ between the twins, and who reads everything exactly, is not among these.
ROLES = tuple(email.partition("@")[0] for email in READERS)


def walked(both: Twins, email: str, starts: list[str]) -> tuple[dict[str, str], int]:
    """Where the two answer differently, and how many addresses were asked; each kind of page once for each measure and moment."""
    forget()
    one, other = (browser_for(app, email) for app in both.apps)
    waiting, known, asked, told = list(starts), set(), [], {}
    answers: dict[str, str] = {}
    while waiting and len(asked) < MOST:
        url = waiting.pop(0)
        kind = kind_of(both.apps[0], url)
        key = (kind, url.partition("/measures/")[2][:5], WAIT in url)
        # One's own account tells no figures, and asks again who one is once the walk has taken long.
        if key in known or kind in NOT_PAGES or "sign-out" in url or url.startswith("/account"):
            continue
        known.add(key)
        answer = one.get(url)
        if answer.status_code in {302, 303}:
            waiting.insert(0, answer.location)
            continue
        asked.append(url)
        answers[url] = read(answer)
        text = answer.text if answer.mimetype == "text/html" else ""
        waiting += links(Visit(email, url, kind, answer.status_code, answer.mimetype, text, ""))
    forget()
    for url in asked:
        words = first_difference(answers[url], read(other.get(url)))
        if words:
            told[url] = words
    return told, len(asked)


@pytest.mark.parametrize("email", ROLES)
def test_no_reader_tells_the_twins_apart(twins: Twins, example: Example, email: str) -> None:  # noqa: F811
    codes = list(measures_as_at(example.session, example.at().moment))
    starts = [
        "/",
        *(
            f"{PLACE}/{page}{at}"
            for at in ("", f"?{WAIT}")
            for page in ("board", "lower", "journey", "revisions")
        ),
    ]
    starts += [f"{PLACE}/measures/{code}{at}" for at in ("", f"?{WAIT}") for code in codes]
    starts += [
        f"{PLACE}/tables?measure={code}&by=agency&from=2013-10&to=2014-08&show=chart" for code in codes
    ]
    told, asked = walked(twins, email, starts)
    print(f"{email}: {asked} addresses")
    assert asked > 100 and not told, told


def test_nobody_tells_the_twins_of_anybody_apart(public_twins: Twins, example: Example) -> None:  # noqa: F811
    codes = list(measures_as_at(example.session, example.at().moment))
    tables = [f"{PLACE}/tables/public?measure={code}&from=2013-10&to=2015-03&show=chart" for code in codes]
    tables += [f"{each}&by={by}&total=yes" for each in tables for by in ("agency", "category", "source")]
    # By area the twin does not add up: the moved months are of the whole alone.
    told = public_twins.differing("board.manager", tables, also=(400,))
    assert not told, told
