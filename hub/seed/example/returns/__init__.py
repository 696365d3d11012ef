"""What the story says of each return that the example owes: one module for each, named as the return is.

`front_door` tells `front-door`. A module gives its `TOLD`; nothing else has to know of it.
"""

from __future__ import annotations

from functools import cache
from importlib import import_module
from pkgutil import iter_modules

from hub.seed.example.told import Told


@cache
def told_returns() -> dict[str, Told]:
    """Return → what is told of it, in order of the returns' names."""
    names = sorted(module.name for module in iter_modules(__path__))
    return {name.replace("_", "-"): import_module(f"{__name__}.{name}").TOLD for name in names}
