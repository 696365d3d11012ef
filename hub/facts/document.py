"""The document that is shown and signed, as canonical text: its SHA-256 is what a signature binds to."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass

from hub.audit.canonical import canonical, digest_of

Cell = tuple[int, str, str, str, str, int | None, str]
# (row_no, period, breakdown, code, figure, value in the smallest unit or None, state), as in validation's Part

DIGEST_MARK = "sha256:"  # in a signed row: the digest of words that stand in a side table


@dataclass(frozen=True)
class Explained:
    """A query and what the agency said to it."""

    code: str
    row_no: int | None
    field: str | None
    message: str
    words: str


def document_of(
    rows: Sequence[dict[str, str]],
    *,
    definition_digest: str,
    explanations: Iterable[Explained] = (),
    typed: Collection[str] = (),
) -> str:
    """Definition, rows and explanations. Typed words stand in it by digest, so that blanking them changes nothing.

    `typed` names the columns of the rows that hold typed words.
    """
    return document_around(
        signed_rows(rows, typed), definition_digest=definition_digest, explanations=explanations
    )


def signed_rows(rows: Sequence[Mapping[str, str]], typed: Collection[str]) -> str:
    """Rows as canonical text, as they are signed and kept: typed words by their digest."""
    if not typed:
        return canonical(list(rows))
    return canonical(
        [
            {
                name: DIGEST_MARK + digest_of(text) if text and name in typed else text
                for name, text in row.items()
            }
            for row in rows
        ]
    )


def document_around(rows: str, *, definition_digest: str, explanations: Iterable[Explained] = ()) -> str:
    """The same around rows that are canonical text already: a file of thousands of submissions writes them once."""
    explained = sorted([e.code, e.row_no or 0, e.field or "", digest_of(e.words)] for e in explanations)
    head = canonical({"definition": definition_digest, "explanations": explained})
    return f'{head[:-1]},"rows":{rows}}}'
