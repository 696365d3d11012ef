"""Two examples that differ in counts that are hidden from a reader, and in nothing else: every door must tell them alike.

Equations (attacker.py) show what numbers tell together. Two examples show the rest: the order of rows, a title, a chart's
words, a colour, a file, a pack. Whatever a hidden count has a part in comes out another way in the second one.
"""

from __future__ import annotations

import io
import json
import re
import shutil
import sqlite3
import zipfile
from collections.abc import Iterable
from pathlib import Path
from typing import NamedTuple

from werkzeug.test import TestResponse

# What differs between two askings of one page: tokens, keys of forms, moments, digests of what was frozen, error references.
_ITS_OWN = re.compile(
    r'(nonce|name="csrf_token" value|name="form_key" value|name="shown" value)="[^"]*"'
    r"|\d\d:\d\d(:\d\d(\.\d+)?)?|\d\d%3A\d\d(%3A\d\d(\.\d+)?)?|\d{1,2}[.:]\d\d[ap]m"
    r"|[0-9a-f]{64}|hub-typed\W+[a-z]{4}-[a-z]{4}-[a-z]{4}<|[0-9A-Za-z_+/-]{80,}={0,2}|\bentry \d+"
)


class Moved(NamedTuple):
    """A signed count that is `by` more in the second example."""

    figure: str  # return/breakdown/figure
    agency: str
    period: str
    by: int
    line: str = ""


def twin(example: Path, to: Path, moved: Iterable[Moved]) -> str:
    """A copy of an example whose ledger says other counts, past the triggers; its address."""
    shutil.copyfile(example, to)
    with sqlite3.connect(to) as ledger:
        ledger.execute("DROP TRIGGER hub_facts_update")
        for each in moved:
            return_code, breakdown, name = each.figure.split("/")
            line = json.dumps({breakdown: each.line}, separators=(",", ":")) if each.line else "{}"
            found = ledger.execute(
                "SELECT f.id, f.figure_id, f.period_id, f.area_id, f.dimension_set_id FROM facts f "
                "JOIN figures g ON g.id = f.figure_id JOIN agencies a ON a.id = f.agency_id "
                "JOIN periods p ON p.id = f.period_id JOIN dimension_sets d ON d.id = f.dimension_set_id "
                "WHERE g.return_code = ? AND g.breakdown = ? AND g.name = ? AND a.code = ? AND p.code = ? "
                "AND d.canonical = ? AND f.known_until IS NULL",
                (return_code, breakdown, name, each.agency, each.period, line),
            ).fetchall()
            assert len(found) == 1, f"{len(found)} facts of {each}"
            number, *cell = found[0]
            ledger.execute("UPDATE facts SET value = value + ? WHERE id = ?", (each.by, number))
            ledger.execute(
                "UPDATE area_now SET value = value + ? WHERE figure_id = ? AND period_id = ? AND area_id = ? "
                "AND dimension_set_id = ?",
                (each.by, *cell),
            )
    return f"sqlite:///{to}"


def read(answer: TestResponse) -> str:
    """All that an answer tells: text as it is, marks and attributes included; of a file of several parts each."""
    if answer.data[:2] == b"PK":
        with zipfile.ZipFile(io.BytesIO(answer.data)) as parts:
            text = "\n".join(parts.read(name).decode("utf-8", "replace") for name in sorted(parts.namelist()))
    else:
        text = answer.text
    return f"{answer.status_code}\n{_ITS_OWN.sub('·', text)}"


def first_difference(one: str, other: str) -> str:
    """Where two answers part, with what stands around; nothing where they are the same."""
    if one == other:
        return ""
    at = next(
        (i for i, (a, b) in enumerate(zip(one, other, strict=False)) if a != b), min(len(one), len(other))
    )
    return f"{one[max(0, at - 200) : at + 60]!r} and {other[at : at + 60]!r}"


_MADE, _ABUSE = "referrals/total/referrals_made", "referrals/category/referrals_made"
_SECTION_47 = "child-protection/age_band/section47"
HIDDEN_FROM_MEMBERS = (
    # Two schools of the summer term that are told with the same others; on 20 September one of them is not in yet.
    *(Moved(_MADE, "990036", "2014-06", 2), Moved(_MADE, "990026", "2014-06", -2)),
    *(Moved(_MADE, "990036", "2014-05", -2), Moved(_MADE, "990026", "2014-05", 2)),
    # The one school that had anybody in August.
    Moved(_MADE, "990026", "2014-08", 2),
    # Two lines that are read together.
    *(Moved(_SECTION_47, "330", "2013-12", -2, "unborn"), Moved(_SECTION_47, "330", "2013-12", 2, "16-and-17")),
    # Two trusts' lines, whose sums are the same by line and by trust.
    *(Moved(_ABUSE, "RXT", "2014-01", -1, "neglect"), Moved(_ABUSE, "RXT", "2014-01", 1, "domestic-abuse")),
    *(Moved(_ABUSE, "RXK", "2014-01", 1, "neglect"), Moved(_ABUSE, "RXK", "2014-01", -1, "domestic-abuse")),
)  # fmt: skip
_SAMPLED = "front-door/total/nfa_too_early"
HIDDEN_FROM_ANYBODY = (
    # Two starred months of one year.
    *(Moved(_SAMPLED, "330", "2015-02", -1), Moved(_SAMPLED, "330", "2015-03", 1)),
    # A month and a year that are rounded alike: 743 or 744 of 17,361 or 17,362.
    Moved(_MADE, "20", "2014-04", 1),
)
