"""Kinds of notice that rooms bring which the post does not know: the page that each leads to, and whether it is still true.

A room registers its kinds where it is imported; letters are written, and notices looked at once more, through this table.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from sqlalchemy.orm import Session

from hub.post.mail import Attachment
from hub.post.models import Notice


@dataclass(frozen=True)
class Brought:
    """`page` is the path that the notice leads to, `title` what it is about; `why_not` says why it need not go, or nothing.

    A kind with an `attachment` goes in a letter of its own, whoever wants a digest.
    """

    page: Callable[[Session, Notice], str]
    title: Callable[[Session, Notice], str]
    why_not: Callable[[Session, Notice], str]
    attachment: Callable[[Session, Notice], Attachment] | None = None


BROUGHT: dict[str, Brought] = {}


def bring(kinds: Iterable[str], brought: Brought) -> None:
    BROUGHT.update(dict.fromkeys(kinds, brought))


def attachment_of(session: Session, notice: Notice) -> Attachment | None:
    brought = BROUGHT.get(notice.kind)
    return brought.attachment(session, notice) if brought and brought.attachment else None


def has_attachment(kind: str) -> bool:
    return kind in BROUGHT and BROUGHT[kind].attachment is not None
