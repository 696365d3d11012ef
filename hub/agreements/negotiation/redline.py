"""Two texts of an agreement side by side, word by word: what was taken out, what was put in. Pure functions."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from difflib import SequenceMatcher
from typing import Any, Literal

from hub.agreements.look import words_of
from hub.agreements.negotiation.named import Names
from hub.errors import WrongUsage
from hub.periods import parse

NO_NAMES: Names = {}
Kind = Literal["same", "gone", "new"]
_SAID = ("id", "number", "title", "text")  # the name of a part stands above it
_NAMING = ("agency", "name", "post", "text")
_DAY = re.compile(r"\d{4}-\d{2}-\d{2}")
LABELS = {  # where a key of the document is no word that people say
    "promisor": "Promised by",
    "promisee": "Promised to",
    "supporting": "Helped by",
    "of": "Whose figures",
    "by": "To be done by",
    "better": "Which way",
    "direction": "Which way",
}
_PERIODS = ("period", "year")
_WORDS = re.compile(r"\S+\s*|\s+")


@dataclass(frozen=True)
class Run:
    """Words that stand together and share a fate."""

    kind: Kind
    text: str


@dataclass(frozen=True)
class Redlined:
    """A part of the agreement with its words before and after."""

    part: str
    word: Literal["same", "changed", "added", "taken out"]
    runs: tuple[Run, ...]


def redline(before: Mapping[str, Any], after: Mapping[str, Any], names: Names = NO_NAMES) -> list[Redlined]:
    """Every part of either text, in the order of the later one; what was taken out stands where it stood, at the end."""
    return [
        _part(name, before.get(name), after.get(name), names) for name in dict.fromkeys((*after, *before))
    ]


def _part(name: str, before: Any, after: Any, names: Names) -> Redlined:
    old, new = as_words(before or {}, names), as_words(after or {}, names)
    if before is None:
        return Redlined(name, "added", (Run("new", new),))
    if after is None:
        return Redlined(name, "taken out", (Run("gone", old),))
    return Redlined(name, "same" if before == after else "changed", tuple(runs(old, new)))


def runs(before: str, after: str) -> Iterator[Run]:
    """The words of both, in order. A run that was replaced comes as what is gone, then what is new."""
    old, new = _WORDS.findall(before), _WORDS.findall(after)
    for tag, first, last, begin, end in SequenceMatcher(None, old, new).get_opcodes():
        if tag == "equal":
            yield Run("same", "".join(new[begin:end]))
            continue
        if first < last:
            yield Run("gone", "".join(old[first:last]))
        if begin < end:
            yield Run("new", "".join(new[begin:end]))


def as_words(part: Any, names: Names = NO_NAMES) -> str:
    """A part as lines that people read: its text first, then what else it says, a line each, codes by their names."""
    if not isinstance(part, Mapping):
        return str(part)
    said = [str(part[key]) for key in ("title", "text") if part.get(key)]
    more = [line for key, value in part.items() if key not in _SAID for line in _lines(key, value, names)]
    return "\n".join([*said, *more])


def _lines(key: str, value: Any, names: Names) -> Iterator[str]:
    label = LABELS.get(key, key.replace("_", " ").capitalize())
    if isinstance(value, list) and any(isinstance(each, Mapping) for each in value):
        for each in value:
            yield f"{label}: {_flat(key, each, names)}"
    else:
        yield f"{label}: {_flat(key, value, names)}"


def _flat(key: str, value: Any, names: Names) -> str:
    if isinstance(value, Mapping):
        return ", ".join(f"{_label(of)}{_flat(of, inner, names)}" for of, inner in value.items())
    if isinstance(value, list):
        return "; ".join(_flat(key, each, names) for each in value)
    if isinstance(value, bool):
        return "yes" if value else "no"
    said = str(value)
    if _DAY.fullmatch(said):
        return words_of(date.fromisoformat(said))
    if key in _PERIODS:
        return _period(said)
    return names.get(key, {}).get(said, said)


def _period(code: str) -> str:
    try:
        return parse(code).name
    except WrongUsage:  # a proposal may name what is none
        return code


def _label(key: str) -> str:
    """What stands before a value within a line; a name speaks for itself."""
    return "" if key in _NAMING else f"{key.replace('_', ' ')} "
