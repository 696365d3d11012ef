"""The document that is shown and signed, as canonical text: its SHA-256 is what a signature binds to."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from hub.audit.canonical import canonical, digest_of

Cell = tuple[int, str, str, str, str, int | None, str]
# (row_no, period, breakdown, code, figure, value in the smallest unit or None, state), as in validation's Part


@dataclass(frozen=True)
class Explained:
    """A query and what the agency said to it."""

    code: str
    row_no: int | None
    field: str | None
    message: str
    words: str


def document_of(
    rows: Sequence[dict[str, str]], *, definition_digest: str, explanations: Iterable[Explained] = ()
) -> str:
    """Definition, rows and explanations. Typed words stand in it by digest, so that blanking them changes nothing."""
    return document_around(
        canonical(list(rows)), definition_digest=definition_digest, explanations=explanations
    )


def document_around(rows: str, *, definition_digest: str, explanations: Iterable[Explained] = ()) -> str:
    """The same around rows that are canonical text already: a file of thousands of submissions writes them once."""
    explained = sorted([e.code, e.row_no or 0, e.field or "", digest_of(e.words)] for e in explanations)
    head = canonical({"definition": definition_digest, "explanations": explained})
    return f'{head[:-1]},"rows":{rows}}}'
