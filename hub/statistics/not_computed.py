"""The value that stands where a number could not be worked out."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class NotComputed:
    """No number, and why, in words that can be shown."""

    method: str
    reason: str
