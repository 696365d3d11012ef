"""A pack as tagged PDF/UA, made by typst from the same document as its pages; the same pack gives the same bytes."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import asdict
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from typing import Any

from hub.board.packs.document import Document
from hub.clock import LONDON

# Classes of the charts (web/static/charts.css) as ink: typst reads a drawing alone, without the page's style sheet.
_INK = (
    "text{font-family:'Libertinus Serif';font-size:15px;fill:#0b0c0c}path{fill:none;stroke:#505a5f;stroke-width:1.5}"
    ".grid{stroke:#cecece;stroke-width:1}.ticks text{text-anchor:end}.periods text{text-anchor:middle}"
    ".mean{stroke:#0b0c0c}.limit{stroke:#0b0c0c;stroke-dasharray:6 4}.target{stroke:#00703c;stroke-width:2.5;"
    "stroke-dasharray:12 4 3 4}.rebase{stroke:#0b0c0c;stroke-width:2.5;stroke-dasharray:2 3}.note{stroke-dasharray:1 3}"
    "text.target,text.mean,text.limit{stroke:none}.letter,text.latest{font-weight:700}.letter{text-anchor:middle}"
    ".common{stroke-width:6;stroke-linecap:round}.improvement{fill:#1d70b8;stroke:#1d70b8}"
    ".concern{fill:#c64a0a;stroke:#c64a0a}.neutral{fill:#4c2c92;stroke:#4c2c92}"
    ".partial{fill:#ffffff;stroke:#0b0c0c;stroke-width:2}.absent{stroke:#0b0c0c;stroke-width:2}"
)


def as_pdf(document: Document, provenance: Iterable[str], *, made_at: datetime) -> bytes:
    """The PDF's bytes. `provenance` are the sentences of its last page."""
    import typst

    moment = datetime.fromisoformat(document.as_at).astimezone(LONDON)
    pack: dict[str, Any] = asdict(document)
    pack["moment"] = f"{moment.day} {moment:%B %Y} at {moment:%H:%M}"
    pack["provenance"] = list(provenance)
    files: dict[str, bytes] = {"main": _template()}
    for section in pack["sections"]:
        for block in section["blocks"]:
            svg = block.pop("svg")
            if svg:
                block["file"] = f"chart-{len(files)}.svg"
                files[block["file"]] = _inked(svg)
    files["pack.json"] = json.dumps(pack, ensure_ascii=False).encode()
    made = typst.compile(
        files,
        format="pdf",
        pdf_standards=["ua-1"],
        ignore_system_fonts=True,
        timestamp=made_at.astimezone(UTC).replace(microsecond=0),
    )
    assert isinstance(made, bytes)
    return made


@cache
def _template() -> bytes:
    return (Path(__file__).parent / "pack.typ").read_bytes()


def _inked(svg: str) -> bytes:
    head, gap, rest = svg.partition(">")
    return f"{head}{gap}<style>{_INK}</style>{rest}".encode()
