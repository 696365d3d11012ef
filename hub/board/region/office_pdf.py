"""A statement or letter as tagged PDF/UA, made by typst from what is kept: the same paper gives the same bytes."""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path
from typing import Any

from hub.agreements.look import words_of
from hub.board.region.office import Paper
from hub.board.region.office_file import standing
from hub.clock import london_date
from hub.partners.models import Partnership

COLUMNS = ("Clause", "Promise", "By", "Verdict", "Why")


def as_pdf(partnership: Partnership, paper: Paper) -> bytes:
    import typst

    content = paper.content
    said: dict[str, Any] = {
        "title": paper.title,
        "agreement": f"{content.title}, {partnership.name}",
        "standing": standing(paper),
        "figures": f"Figures as they were known on {words_of(london_date(paper.as_at))}, by version {content.version} of the agreement.",
        "illustrative": partnership.illustrative,
        "paragraphs": (paper.last.words or "(its words are no longer kept)").split("\n\n"),
        "columns": COLUMNS,
        "rows": [
            [
                line.clause,
                f"{line.commitment} {line.text}",
                line.name,
                line.standing,
                line.reason,
            ]
            for line in content.lines
        ],
        "digest": paper.last.digest if paper.is_issued else "",
    }
    files: dict[str, bytes] = {
        "main": _template(),
        "paper.json": json.dumps(said, ensure_ascii=False).encode(),
    }
    made = typst.compile(
        files,
        format="pdf",
        pdf_standards=["ua-1"],
        ignore_system_fonts=True,
        timestamp=paper.last.at.replace(microsecond=0),
    )
    assert isinstance(made, bytes)
    return made


@cache
def _template() -> bytes:
    return (Path(__file__).parent / "office.typ").read_bytes()
