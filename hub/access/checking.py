"""Where a view reaches the checker: another process, so that no web process loads the tools of checking."""

from __future__ import annotations

from typing import cast

from flask import current_app

from hub.validation.checker import Checks


def checker() -> Checks:
    return cast(Checks, current_app.extensions["hub_checker"])
