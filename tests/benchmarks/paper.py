"""Writes what a benchmark measured into docs/benchmarks.md, a section for each, with the machine that it ran on."""

import os
import platform
import re
from pathlib import Path

PAPER = Path(__file__).resolve().parents[2] / "docs" / "benchmarks.md"
HEAD = """# Benchmarks

Written by `make bench`. Figures of one section come from one run on one file, so that their ratios hold; absolute times
are those of the machine that is named, with whatever else it was doing.
"""


def machine() -> str:
    names = [
        line.split(":")[1].strip()
        for line in Path("/proc/cpuinfo").read_text().splitlines()
        if line.startswith("model name")
    ]
    load = os.getloadavg()[0]
    return f"{os.cpu_count()} × {names[0] if names else platform.machine()}, Python {platform.python_version()}, load {load:.1f} at the end"


def write_section(title: str, body: str) -> None:
    """Puts a section in the place of the one with the same title, or at the end."""
    text = PAPER.read_text(encoding="utf-8") if PAPER.exists() else HEAD
    section = f"## {title}\n\n{machine()}\n\n{body.strip()}\n"
    pattern = re.compile(rf"^## {re.escape(title)}\n.*?(?=^## |\Z)", re.MULTILINE | re.DOTALL)
    if pattern.search(text):
        text = pattern.sub(lambda _: section + "\n", text)
    else:
        text = f"{text.rstrip()}\n\n{section}"
    PAPER.write_text(text.rstrip() + "\n", encoding="utf-8")
    print(f"\n{section}")


def table(headings: list[str], rows: list[list[object]]) -> str:
    lines = [headings, ["---"] * len(headings), *rows]
    return "\n".join("| " + " | ".join(str(cell) for cell in line) + " |" for line in lines)
