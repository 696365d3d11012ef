"""Which cells to blank so that no small count can be worked out, at the least cost (cell suppression, MILP).

The model is Fischetti & Salazar's (2001): for every small count, and every reader, the sums must leave it possible
that it is as small as a blank can be and that it is as large as the threshold. Written out at once that is some fifty
tables in one programme; here the programme is over the pattern alone, and gets a row (`cuts`) for each cell that a
pattern leaves open, until none is left. Every row holds for every safe pattern, so the first safe one is the cheapest.
The auditor has the last word.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from time import monotonic

from hub.statistics.disclosure.audit import audit, audit_insiders
from hub.statistics.disclosure.cuts import Cut, Task, completed, cuts_against, lone_blanks, task
from hub.statistics.disclosure.model import Cell, Equation, Profile, with_blanks
from hub.statistics.not_computed import NotComputed

METHOD = "cell suppression by integer programming"
SECONDS = 20.0
# Weights in thousandths of a child, so that between patterns of equal cost the order of the cells decides.
CHILD = 1000.0
RANK = 1e-3


@dataclass(frozen=True, slots=True)
class Suppression:
    """A pattern that the auditor passed. `blank` does not tell small counts from their partners, nor must a page."""

    method: str
    profile: Profile
    n_points: int
    blank: frozenset[Cell]
    is_cheapest: bool
    warnings: tuple[str, ...]


def suppress(
    values: Mapping[Cell, int],
    equations: Sequence[Equation],
    *,
    profile: Profile,
    must_show: Collection[Cell] = (),
    keep_blank: Collection[Cell] = (),
    insiders: Mapping[str, Collection[Cell]] | None = None,
    seconds: float = SECONDS,
) -> Suppression | NotComputed:
    """The cheapest safe pattern for a table of true values, or why there is none.

    must_show:  cells that this audience has already, or always gets.
    keep_blank: cells that were blank for this audience in an earlier release: they stay so.
    insiders:   for each reader who sent figures, the cells that it knows.
    """
    asked = task(
        values, equations, profile, must_show=must_show, keep_blank=keep_blank, insiders=insiders or {}
    )
    pattern, is_cheapest = _safe(asked, seconds)
    if _passes(asked, pattern):
        warnings = () if is_cheapest else ("A safe pattern was found, not surely the cheapest.",)
        return Suppression(METHOD, profile, len(values), pattern, is_cheapest, warnings)
    if _passes(asked, asked.may_blank):
        warning = "No better pattern was found: everything that may be blank is."
        return Suppression(METHOD, profile, len(values), asked.may_blank, False, (warning,))
    return NotComputed(
        METHOD,
        "no pattern of blanks is safe: merge categories, take a longer period, or publish the total alone",
    )


def _safe(asked: Task, seconds: float) -> tuple[frozenset[Cell], bool]:
    """The cheapest pattern that leaves nothing open; out of time, the last one with what it lacks."""
    ends = monotonic() + seconds
    rows = lone_blanks(asked)
    last = asked.always_blank
    while (left := ends - monotonic()) > 0:
        pattern = _cheapest(asked, rows, left)
        if pattern is None:  # out of time, or no pattern keeps all rows
            break
        broken = cuts_against(asked, pattern)
        if not broken:
            return pattern, True
        last, rows = pattern, rows + broken
    return completed(asked, last), False


def _cheapest(asked: Task, rows: Sequence[Cut], seconds: float) -> frozenset[Cell] | None:
    """The cheapest pattern that keeps all rows found so far."""
    import numpy as np
    from scipy.optimize import Bounds, LinearConstraint, milp
    from scipy.sparse import csr_array

    cells = sorted(asked.may_blank)
    if not rows:
        return asked.always_blank
    at = {cell: i for i, cell in enumerate(cells)}
    weights = [CHILD * max(asked.values[cell], 0.5) + RANK * i for i, cell in enumerate(cells)]
    entries = [
        (r, at[cell], weight)
        for r, row in enumerate(rows)
        for cell, weight in (*row.weights.items(), *([(row.only_if, -row.least)] if row.only_if else []))
    ]
    matrix = csr_array(
        ([w for *_, w in entries], ([r for r, *_ in entries], [c for _, c, _ in entries])),
        shape=(len(rows), len(cells)),
    )
    least = np.array([0.0 if row.only_if else row.least for row in rows])
    result = milp(
        weights,
        integrality=np.ones(len(cells)),
        bounds=Bounds(np.array([cell in asked.always_blank for cell in cells], dtype=float), 1),
        constraints=LinearConstraint(matrix, least, np.inf),
        options={"time_limit": seconds, "mip_rel_gap": 0.0},
    )
    if result.status != 0:
        return None
    return frozenset(cell for cell, chosen in zip(cells, result.x, strict=True) if chosen > 0.5)


def _passes(asked: Task, pattern: frozenset[Cell]) -> bool:
    published = with_blanks(asked.values, pattern, asked.equations, least=asked.profile.least_blank)
    own = {
        str(number): {cell: asked.values[cell] for cell in known}
        for number, known in enumerate(asked.readers[1:])
    }
    audits = audit_insiders(published, asked.sensitive, own, profile=asked.profile)
    return audit(published, asked.sensitive, profile=asked.profile).is_safe and all(
        each.is_safe for each in audits.values()
    )
