"""Words that a person types beside figures: explanations and reasons. They pass the same gate as files (security.md T5).

A certain identifier of a person is refused; a likely name is asked about once. Nothing of what was found is repeated.
"""

from __future__ import annotations

from collections.abc import Iterable

from flask import request

from hub.errors import AreYouSure, NotReady
from hub.identifiers.signs import Sign, signs_in

SURE = "sure"


def is_sure() -> bool:
    """Whether the sender ticked that their words name no child, patient or family."""
    return request.form.get(SURE) == "yes"


def checked(texts: Iterable[str]) -> None:
    """Raise NotReady where the words hold an identifier, AreYouSure where they may."""
    signs = _without_identifiers(texts)
    if signs and not is_sure():
        raise AreYouSure(
            f"Your words may hold {signs[0].what}. If they name no child, patient or family, tick the box and send "
            "them again; if they do, take it out."
        )


def names(texts: Iterable[str]) -> None:
    """Raise NotReady where the name of a colleague or a body holds an identifier; that it is a name is expected."""
    _without_identifiers(texts)


def _without_identifiers(texts: Iterable[str]) -> list[Sign]:
    """The signs that are not certain. Raises NotReady where one is."""
    signs = [sign for text in texts for sign in signs_in(text)]
    certain = next((sign for sign in signs if sign.certain), None)
    if certain is not None:
        raise NotReady(
            f"Your words hold what looks like {certain.what}. They were not kept. Take it out: nothing here may point "
            "to one person."
        )
    return signs
