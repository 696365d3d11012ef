"""Five hundred random tables: what the suppressor blanks always passes the auditor, for every reader."""

import pytest

from tests.statistics.suppression import passes_for_everybody


@pytest.mark.parametrize("seed", range(500))
def test_suppressed_tables_pass_the_auditor(seed: int) -> None:
    assert passes_for_everybody(seed)
