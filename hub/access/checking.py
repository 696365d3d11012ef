"""Where a view reaches the checker: another process, so that no web process loads the tools of checking."""

from __future__ import annotations

from typing import Protocol, cast

from flask import current_app

from hub.definitions.model import Definition
from hub.intake.table import Received
from hub.validation.outcome import Outcome, Scope


class Checker(Protocol):
    def check(self, received: Received, definition: Definition, scope: Scope) -> Outcome: ...


def checker() -> Checker:
    return cast(Checker, current_app.extensions["hub_checker"])
