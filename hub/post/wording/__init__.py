"""Every word of a mail stands in the text files beside this one; here they are filled in. Plain text: nothing is escaped."""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined


@cache
def _environment() -> Environment:
    return Environment(
        loader=FileSystemLoader(Path(__file__).parent),
        undefined=StrictUndefined,
        autoescape=False,  # noqa: S701  (text for mail programs, not for a browser)
        trim_blocks=True,
        lstrip_blocks=True,
    )


def body(**values: Any) -> str:
    text = _environment().get_template("letter.txt").render(**values)
    return re.sub(r"\n{3,}", "\n\n", text).strip() + "\n"


def subject(**values: Any) -> str:
    """One line, whatever stood in the names."""
    return " ".join(_environment().get_template("subject.txt").render(**values).split())
