"""One random table through the suppressor and the auditor, for the suite (some seeds) and the long runs (all)."""

from random import Random

from hub.statistics.disclosure.audit import audit, audit_insiders
from hub.statistics.disclosure.model import TOTAL, Profile, sensitive_cells, with_blanks
from hub.statistics.disclosure.suppress import Suppression, suppress
from tests.statistics.tables import random_table


def passes_for_everybody(seed: int, *, seconds: float = 20) -> bool:
    """A table whose rows are agencies, each a reader too; its pattern must be safe, or none may be."""
    rng = Random(seed)
    height, width = rng.randint(3, 5), rng.randint(2, 4)
    values, sums = random_table(rng, height, width, small=rng.choice([0.1, 0.2, 0.4]))
    zeros = rng.choice(["shown", "may be blanked"])
    profile = Profile("seeded", zeros="shown" if zeros == "shown" else "may be blanked")
    margins = [cell for cell, value in values.items() if TOTAL in cell and value >= profile.threshold]
    own = {
        row: {cell: value for cell, value in values.items() if cell[0] == row}
        for row in sorted({cell[0] for cell in values} - {TOTAL})
    }
    outcome = suppress(
        values,
        sums,
        profile=profile,
        must_show=margins,
        insiders={row: cells.keys() for row, cells in own.items()},
        seconds=seconds,
    )
    small = sensitive_cells(values, profile)
    blank = (
        outcome.blank
        if isinstance(outcome, Suppression)
        else _all_that_may_be_blank(values, margins, profile)
    )
    published = with_blanks(values, blank, sums, least=profile.least_blank)
    audits = [
        audit(published, small, profile=profile, solve_out=True),
        *audit_insiders(published, small, own, profile=profile).values(),
    ]
    is_safe = all(each.is_safe for each in audits)
    return small <= blank and is_safe if isinstance(outcome, Suppression) else not is_safe


def _all_that_may_be_blank(
    values: dict[tuple[str, ...], int], margins: list[tuple[str, ...]], profile: Profile
) -> set[tuple[str, ...]]:
    return {cell for cell, value in values.items() if cell not in margins and value >= profile.least_blank}
