"""The council's figures by team: each area's own, spread over its teams since the areas began, adding up to the area."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from hub.definitions.model import NOT_KNOWN, WITHIN
from hub.periods import Period, parse
from hub.seed.example.invention import split

TEAMS_BEGIN = parse("2014-10")


def by_team(
    period: Period,
    areas: Mapping[str, Mapping[str, int]],
    shares: Mapping[str, float],
    kept: Sequence[str],
    *,
    parents: Mapping[str, str],
) -> dict[str, dict[str, int]]:
    """The kept figures of each area by its teams; none before there were areas, none of what lies in no area."""
    inside = {figure: parent for figure, parent in parents.items() if parent in kept}
    lines: dict[str, dict[str, int]] = {}
    for area, figures in areas.items():
        if period.starts_on < TEAMS_BEGIN.starts_on or area == NOT_KNOWN:
            continue
        name = f"teams {area} {'-'.join(kept)} {period.code}"
        of_area = split({each: figures[each] for each in kept}, shares, name, parents=inside)
        lines.update({f"{area}{WITHIN}{team}": counts for team, counts in of_area.items()})
    return lines
