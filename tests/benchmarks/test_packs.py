"""A Board pack of the example, with eight charts and every part: read, built and made a PDF, first in a fresh process and then again."""

from __future__ import annotations

import json
import os
import statistics
import subprocess
import sys
from pathlib import Path

from tests.benchmarks.paper import table, write_section

RUNS = 11

_WORDS = f"""The next Board meeting of the example as at its today: verdicts, questions, eight charts with their tables, definitions,
and the tagged PDF of all its pages (twelve or more). *Cold* is the first that a started process makes (median of three processes; typst and the
bank holidays are loaded within it, the hub's own modules before, which the first line times); *warm* is the median of {RUNS} after it, each with a session of its own."""

_SCRIPT = """
import json, sys, time
clock = lambda: (time.perf_counter(), time.process_time())
began = clock()
from sqlalchemy import select
import hub.models
from hub.board.packs.build import Material, build
from hub.board.packs.parts import DEFAULT
from hub.board.packs.pdf import as_pdf
from hub.db import make_engine, open_session
from hub.facts.moments import as_at
from hub.meetings.read import meetings_as_at
from hub.partners.models import Partnership
engine = make_engine(sys.argv[1])
def once(began):
    with open_session(engine) as session:
        place = session.scalars(select(Partnership).where(Partnership.code == "birmingham-example")).one()
        at = as_at(session, place)
        meeting = [each for each in meetings_as_at(session, place.id, at.moment) if each.group_code == "board"][-1]
        document = build(Material(session, place, at, meeting), "Board", DEFAULT)
        charts = sum(block.kind == "chart" for section in document.sections for block in section.blocks)
        pdf = as_pdf(document, ["As issued."], made_at=at.moment)
    ended = clock()
    pages = int(pdf.partition(b"<xmpTPg:NPages>")[2].partition(b"<")[0])
    return [ended[0] - began[0], ended[1] - began[1], charts, pages]
started = clock()
first = [started[0] - began[0], started[1] - began[1], 8, 0]
print(json.dumps([first, once(clock())] + [once(clock()) for _ in range(int(sys.argv[2]))]))
"""


def test_packs(example_copy: str) -> None:
    runs = [_run(example_copy, warm) for warm in (0, 0, RUNS)]
    start, cold, warm = [run[0] for run in runs], [run[1] for run in runs], runs[-1][2:]
    assert all(each[2] == 8 and each[3] >= 10 for each in (*cold, *warm))
    rows: list[list[object]] = [
        ["a process starts", *_medians(start), ""],
        ["cold", *_medians(cold), "≤ 3 s"],
        ["warm", *_medians(warm), "≤ 1 s"],
    ]
    body = f"{_WORDS}\n\n" + table(["pack", "pages", "time", "processor time", "goal"], rows)
    write_section("A Board pack", body)


def _run(url: str, warm: int) -> list[list[float]]:
    root = Path(__file__).resolve().parents[2]
    command = [sys.executable, "-c", _SCRIPT, url, str(warm)]
    done = subprocess.run(command, capture_output=True, text=True, check=True, cwd=root, env=dict(os.environ))
    found: list[list[float]] = json.loads(done.stdout)
    return found


def _medians(runs: list[list[float]]) -> list[object]:
    wall, busy = (statistics.median(run[place] for run in runs) for place in (0, 1))
    return [int(runs[0][3]) or "", f"{wall:.2f} s", f"{busy:.2f} s"]
