"""A mail as it leaves, and how a way out answers: nothing, or one of two faults."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Protocol


@dataclass(frozen=True)
class Attachment:
    """A PDF that goes with a mail."""

    name: str
    pdf: bytes


@dataclass(frozen=True)
class Mail:
    """Text, and at most one file. `message_id` is the same at every attempt, so that a receiver knows a second copy for what it is."""

    message_id: str
    to: str
    reply_to: str
    subject: str
    body: str
    made_at: datetime
    attachment: Attachment | None = None


class Temporary(Exception):
    """It did not go, or nobody knows whether it went: try again later under the same message id."""


class Permanent(Exception):
    """It was refused, and would be again."""


class Postbox(Protocol):
    """A way out. Returns when the receiver has taken the mail over; raises Temporary or Permanent with a sentence."""

    def send(self, mail: Mail) -> None: ...
