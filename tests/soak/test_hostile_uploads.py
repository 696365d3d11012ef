"""Four hostile uploads at a time do not stop the others' work, nor make the web process grow (security.md, T2)."""

from __future__ import annotations

import io
import threading
import time
import zipfile
from pathlib import Path
from statistics import quantiles

import requests
from sqlalchemy import select

from hub.db import make_engine, open_session
from hub.submissions.models import Upload
from tests.served import Server, hidden, signed_in

UPLOADERS = 4
SECONDS = 30
MOST_MS = 500
MOST_GROWTH_MB = 50
REFUSED_WITHIN_SECONDS = 1.0


def bomb() -> bytes:
    """About 350 KB that unpack to 89 MB."""
    row = b'<row r="1"><c r="A1" t="inlineStr"><is><t>birmingham-example</t></is></c></row>'
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("[Content_Types].xml", b"<x/>")
        archive.writestr("xl/workbook.xml", b"<x/>")
        archive.writestr("xl/worksheets/sheet1.xml", row * (89_000_000 // len(row)))
    return made.getvalue()


def wide_text() -> bytes:
    """Just under ten megabytes and a hundred thousand rows, every cell wrong in its own way."""
    head = b"agency,period,breakdown,code,referrals_made\n"
    return head + b"".join(b"RYW,2015-04,setting,x%d,%d.5\n" % (n, n) for n in range(99_000))


def rows_of_quotes() -> bytes:
    return b"agency,period,breakdown,code,referrals_made\n" + b'"' * 9_000_000


def upload(server: Server, clerk: requests.Session, content: bytes) -> tuple[int, float]:
    """The answer's status and the seconds that it took."""
    form = hidden(clerk.get(f"{server.url}/upload", timeout=60).text)
    began = time.monotonic()
    answer = clerk.post(
        f"{server.url}/upload",
        data={**form, "return_code": "referrals", "reason": ""},
        files={"file": ("figures.bin", content)},
        timeout=60,
        allow_redirects=False,
    )
    return answer.status_code, time.monotonic() - began


def warmed_up(server: Server) -> dict[int, float]:
    """Megabytes of the web processes once everybody has done everyday work: lazy imports and caches are not growth."""
    clerk, reader = signed_in(server, "analyst.ryw"), signed_in(server, "member")
    for _ in range(10):
        upload(server, clerk, b"agency,period,breakdown,code,referrals_made\nRYW,2015-04,total,,x\n")
        reader.get(f"{server.url}/", timeout=30)
    return resident_mb(server.pid)


def resident_mb(pid: int) -> dict[int, float]:
    """Megabytes of the server's processes but the checker and its children, by process."""
    found = {}
    for folder in Path("/proc").glob("[0-9]*"):
        try:
            command = (folder / "cmdline").read_bytes()
            fields = (folder / "stat").read_text().rsplit(")", 1)[1].split()
            status = (folder / "status").read_text()
        except OSError:
            continue  # it ended meanwhile
        if (int(folder.name) == pid or int(fields[1]) == pid) and b"checker" not in command:
            found[int(folder.name)] = next(
                int(line.split()[1]) / 1024 for line in status.splitlines() if line.startswith("VmRSS")
            )
    return found


def test_four_hostile_uploads_leave_the_home_page_quick(server: Server) -> None:
    files = [bomb(), wide_text(), rows_of_quotes(), bomb()]
    ends, answers = time.monotonic() + SECONDS, []

    def attack(content: bytes) -> None:
        clerk = signed_in(server, "analyst.ryw")
        while time.monotonic() < ends:
            answers.append(upload(server, clerk, content))

    reader, before = signed_in(server, "member"), warmed_up(server)
    attackers = [threading.Thread(target=attack, args=(content,)) for content in files[:UPLOADERS]]
    for each in attackers:
        each.start()
    took, most = [], dict(before)
    while time.monotonic() < ends:
        began = time.monotonic()
        assert reader.get(f"{server.url}/", timeout=30).status_code == 200
        took.append((time.monotonic() - began) * 1000)
        most = {pid: max(size, most.get(pid, 0)) for pid, size in resident_mb(server.pid).items()}
        time.sleep(0.1)
    for each in attackers:
        each.join()
    grown = max(most[pid] - before[pid] for pid in before if pid in most)
    p95 = quantiles(took, n=20)[-1]
    print(
        f"\nhome page, {len(took)} looks beside {len(answers)} hostile uploads: p95 {p95:.0f} ms; web process grew by {grown:.0f} MB"
    )
    assert {status for status, _seconds in answers} <= {303, 409, 503}  # 409: three large ones wait already
    assert p95 <= MOST_MS and grown <= MOST_GROWTH_MB


def test_a_workbook_that_unpacks_to_89_megabytes_is_refused_within_a_second(server: Server) -> None:
    clerk, content = signed_in(server, "analyst.ryw"), bomb()
    assert len(content) < 400_000
    status, took = upload(server, clerk, content)
    print(f"\nrefused in {took:.2f} s")
    assert status == 303 and took < REFUSED_WITHIN_SECONDS
    with open_session(make_engine(server.database)) as session:
        assert session.scalars(select(Upload.state)).one() == "refused"
