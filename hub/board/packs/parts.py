"""The parts that a pack may have, in their order; a meeting's agenda names some of them."""

from __future__ import annotations

PARTS = {
    "summary": "Summary for the chair",
    "everybody-in": "Is everybody in?",
    "changed": "What changed?",
    "promises": "Who promised what?",
    "questions": "Questions to the Board",
    "charts": "Charts and tables",
    "decisions": "Decisions so far",
    "definitions": "Definitions and methods",
}
DEFAULT = (
    "summary",
    "everybody-in",
    "changed",
    "promises",
    "questions",
    "charts",
    "decisions",
    "definitions",
)
