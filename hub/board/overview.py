"""The overview's charts: a panel for each measure, volume beside timeliness."""

from __future__ import annotations

from collections.abc import Sequence

from hub.board.notes import notes_as_at
from hub.board.panel import Panel, panel
from hub.board.view import View, prefetch
from hub.facts.recalled import recalled_each
from hub.measures.compute import Reading
from hub.measures.model import Measure
from hub.measures.protect import Audience

# Pairs that are read together: volume beside timeliness, a rate beside what feeds it; always which NFA is meant.
PANELS = ("RF02", "FD03", "RF01", "FD04", "CP01", "CP03", "CP02", "RF08")


def board(reading: Reading, audience: Audience, view: View, ids: Sequence[str] = PANELS) -> list[Panel]:
    """The panels in their order. A measure that the view cannot be asked by says so instead of being left out."""
    known = reading.measures
    rests = {id: reading.rests_on(known[id], known[id].usual) for id in ids if id in known}
    found = recalled_each(
        reading.at,
        ("panel", audience, view),
        rests,
        lambda lacking: _panels(reading, audience, view, [known[id] for id in lacking]),
    )
    return list(found.values())


def _panels(
    reading: Reading, audience: Audience, view: View, measures: Sequence[Measure]
) -> dict[str, Panel]:
    session = reading.session
    prefetch(reading, measures, view)
    notes = notes_as_at(session, reading.at)
    return {one.id: panel(reading, one, audience, view, notes=notes) for one in measures}
