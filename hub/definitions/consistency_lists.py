"""Whether the items of a code list agree with one another: every cause for refusing one, with its place in the file."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from datetime import date

from hub.definitions.consistency import KINDS
from hub.definitions.faults import Data, Fault, unknown
from hub.document import Place


def faults_of_codelist(data: Data) -> Iterator[Fault]:
    """Codes that are repeated and dates that are none."""
    codes = Counter((item["code"], item["from_on"]) for item in data["items"])
    known = {item["code"] for item in data["items"]}
    if not data["items"] and not data["local"]:
        yield ("items",), "must hold at least one item."
    if (data["says"] or data["within_areas"]) and not data["local"]:
        yield (
            ("local",),
            "only items of the partnership’s own lie in areas or say something. Add “local: true”.",
        )
    yield from _grouping(data)
    for number, item in enumerate(data["items"]):
        place: Place = ("items", number)
        yield from unknown(item["successors"], known, (*place, "successors"), "code")
        for index, kind in enumerate(item["kinds"]):
            if kind not in KINDS:
                yield (
                    (*place, "kinds", index),
                    f"“{kind}” is not a kind of agency. There are: {', '.join(KINDS)}.",
                )
        if codes[(item["code"], item["from_on"])] > 1:
            yield (
                (*place, "code"),
                f"“{item['code']}” is in the list twice. Codes are used once, or once from each date.",
            )
        yield from _dates(item, place)
        for index, alias in enumerate(item["aliases"]):
            yield from _dates(alias, (*place, "aliases", index))


def _grouping(data: Data) -> Iterator[Fault]:
    """Items that are agencies, and where each belongs."""
    if bool(data["of"]) != bool(data["groups"]) or (data["of"] and data["of"] not in KINDS):
        yield ("of",), f"say “of: <kind of agency>” together with “groups”; kinds are {', '.join(KINDS)}."
    if data["of"] and (not data["local"] or data["within_areas"] or data["says"]):
        yield ("of",), "a list of agencies is “local: true” and says nothing but its groups."


def _dates(dated: Data, place: Place) -> Iterator[Fault]:
    for name in ("from_on", "until_on"):
        if dated[name] is not None and not _is_date(dated[name]):
            yield (*place, name), f"“{dated[name]}” is not a date. Write it as 2014-10-01."


def _is_date(text: str) -> bool:
    try:
        return bool(re.fullmatch(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", text)) and bool(date.fromisoformat(text))
    except ValueError:
        return False
