"""The reminders of rooms that know nothing of returns, as `hub work` and `hub remind` run them; importing this brings their kinds of mail."""

from __future__ import annotations

from collections.abc import Callable

from sqlalchemy.orm import Session

from hub.agreements.negotiation import alerts
from hub.board import group_post
from hub.board.challenges import post as challenges
from hub.board.packs import post as packs
from hub.board.region import post as region
from hub.partners.models import Partnership

EVERY: tuple[Callable[[Session, Partnership], int], ...] = (
    challenges.remind,
    region.remind,
    alerts.remind,
    packs.remind,
    group_post.remind,
)
