"""Where a view reaches the checker: another process, so that no web process loads the tools of checking."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol, cast

from flask import current_app

from hub.definitions.mapping_model import ColumnMapping
from hub.definitions.model import Definition
from hub.intake.table import Received
from hub.validation.outcome import Outcome, Scope


class Checker(Protocol):
    def check(
        self,
        received: Received,
        definition: Definition,
        scope: Scope,
        *,
        mapping: ColumnMapping | None = None,
        offered: Sequence[ColumnMapping] = (),
    ) -> Outcome: ...


def checker() -> Checker:
    return cast(Checker, current_app.extensions["hub_checker"])
