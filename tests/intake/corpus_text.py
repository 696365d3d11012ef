"""Corpus: how text files are written (encodings, delimiters, headings)."""

from __future__ import annotations

from collections.abc import Iterator

from corpus import Case, Verdict, as_csv, table, text
from small_return import HEADINGS

GOOD = text(table())
WORDS = GOOD.decode()


def _case(
    name: str, category: str, content: bytes | str, verdict: Verdict, code: str = "", row: int | None = None
) -> Case:
    raw = content.encode() if isinstance(content, str) else content
    return Case(f"{category}/{name}.csv", category, as_csv(raw), verdict, code, row)


def encodings() -> Iterator[Case]:
    accented = WORDS.replace("maternity", "crèche")
    for encoding in ("utf-8", "utf-8-sig", "utf-16", "utf-32", "cp1252", "latin-1"):
        yield _case(f"accents-{encoding}", "encodings", accented.encode(encoding), "accepted")
    for mark, encoding in (
        (b"\xfe\xff", "utf-16-be"),
        (b"\xff\xfe", "utf-16-le"),
        (b"\x00\x00\xfe\xff", "utf-32-be"),
    ):
        yield _case(f"mark-{encoding}", "encodings", mark + WORDS.encode(encoding), "accepted")
    for encoding in ("utf-16-le", "utf-16-be", "utf-32-le"):
        yield _case(f"no-mark-{encoding}", "encodings", WORDS.encode(encoding), "refused", "unknown-encoding")
    for byte in (0x81, 0x8D, 0x8F, 0x90, 0x9D):
        yield _case(
            f"undefined-{byte:x}",
            "encodings",
            GOOD.replace(b"maternity", bytes([byte])),
            "refused",
            "unknown-encoding",
        )
    yield _case(
        "half-a-utf-16-letter", "encodings", WORDS.encode("utf-16")[:-1], "refused", "unknown-encoding"
    )
    yield _case(
        "a-utf-8-mark-before-cp1252",
        "encodings",
        b"\xef\xbb\xbf" + accented.encode("cp1252"),
        "refused",
        "unknown-encoding",
    )
    for number in (0, 1, 7, 8, 14, 27, 31):
        code = "nul-character" if number == 0 else "control-character"
        yield _case(
            f"control-{number}", "encodings", WORDS.replace(",20,", f",2{chr(number)}0,"), "refused", code, 3
        )
    for name, mark in {
        "bom": "\ufeff",
        "zero-width": "\u200b",
        "soft-hyphen": "\xad",
        "no-break-space": "\xa0",
        "right-to-left": "\u202e",
        "thin": "\u2009",
        "joiner": "\u2060",
    }.items():
        yield _case(f"invisible-{name}", "encodings", WORDS.replace(",20,", f",{mark}20{mark},"), "accepted")
        yield _case(
            f"invisible-{name}-heading", "encodings", WORDS.replace("period", f"{mark}period"), "accepted"
        )
    for name, end in {"lf": "\n", "cr": "\r", "crlf": "\r\n"}.items():
        yield _case(f"line-end-{name}", "encodings", WORDS.replace("\n", end), "accepted")
    yield _case("line-ends-mixed", "encodings", WORDS.replace("\n", "\r\n", 2), "accepted")
    yield _case("no-last-line-end", "encodings", WORDS.rstrip(), "accepted")
    yield _case("end-of-file-mark", "encodings", WORDS + "\x1a", "accepted")
    for name, content in {
        "empty": b"",
        "blank": b" \n\t\n",
        "only-a-mark": b"\xef\xbb\xbf",
        "only-zeros": b"\x00" * 9,
    }.items():
        yield _case(name, "encodings", content, "refused", "empty-file")
    for name, content in {
        "pdf": b"%PDF-1.7\n" + GOOD, "png": b"\x89PNG\r\n" + GOOD, "jpeg": b"\xff\xd8\xff\xe0" + GOOD, "html": b"<html><body>" + GOOD,
        "xml": b"<?xml version='1.0'?><x/>", "gzip": b"\x1f\x8b\x08" + GOOD, "rtf": b"{\\rtf1 " + GOOD, "svg": b" <svg onload=alert(1)>",
        "rar": b"Rar!\x1a\x07" + GOOD, "7z": b"7z\xbc\xaf\x27\x1c" + GOOD, "program": b"MZ\x90\x00\x03" + GOOD,
    }.items():  # fmt: skip
        yield _case(f"really-{name}", "encodings", content, "refused", "not-a-table")


def delimiters() -> Iterator[Case]:
    for name, mark in {"comma": ",", "semicolon": ";", "tab": "\t", "bar": "|"}.items():
        body = text(table(), mark).decode()
        quoted = "".join(
            mark.join(f'"{cell}"' for cell in line.split(mark)) + "\n" for line in body.splitlines()
        )
        yield _case(f"{name}-quoted", "delimiters", quoted, "accepted")
        yield _case(f"{name}-named", "delimiters", f"sep={mark}\n{body}", "accepted")
        yield _case(
            f"{name}-more-at-the-end", "delimiters", body.replace("\n", f"{mark}{mark}\n"), "accepted"
        )
        yield _case(f"{name}-blank-rows-at-the-end", "delimiters", body + (mark * 6 + "\n") * 40, "accepted")
        yield _case(
            f"{name}-within-quotes", "delimiters", body.replace("maternity", f'"mater{mark}nity"'), "accepted"
        )
        yield _case(
            f"{name}-too-many",
            "delimiters",
            body.replace(f"ae{mark}20", f"ae{mark}20{mark}{mark}9"),
            "errors",
            "row-too-long",
            3,
        )
        yield _case(
            f"{name}-too-few",
            "delimiters",
            body.replace(f"ae{mark}20{mark}", f"ae{mark}20"),
            "errors",
            "row-too-short",
            3,
        )
    for name, mark in {"space": " ", "colon": ":", "caret": "^", "full-width": "，"}.items():
        yield _case(f"unknown-{name}", "delimiters", WORDS.replace(",", mark), "refused", "no-headings")
    yield _case(
        "line-end-within-quotes", "delimiters", WORDS.replace("maternity", '"mater\nnity"'), "accepted"
    )
    yield _case(
        "quotes-within-quotes", "delimiters", WORDS.replace("maternity", '"the ""old"" unit"'), "accepted"
    )
    yield _case("quote-within-a-word", "delimiters", WORDS.replace("maternity", 'unit 5"'), "accepted")
    yield _case(
        "quote-never-closed",
        "delimiters",
        WORDS.replace("maternity", '"maternity'),
        "refused",
        "broken-quotes",
        4,
    )
    yield _case(
        "words-after-a-quote",
        "delimiters",
        WORDS.replace("maternity", '"mat"ernity'),
        "refused",
        "broken-quotes",
        4,
    )
    yield _case(
        "a-comma-in-a-number", "delimiters", WORDS.replace(",31,2", ",1,031,2"), "errors", "row-too-long", 2
    )
    yield _case("a-lone-note", "delimiters", WORDS + "Source: our own system\n", "errors", "row-too-short", 6)


def headers() -> Iterator[Case]:
    head = ",".join(HEADINGS)
    for name, heading in {
        "capitals": head.upper(), "title-case": head.title(), "spaces": head.replace("_", " "), "hyphens": head.replace("_", "-"),
        "titles": head.replace("referrals_made", "Referrals made").replace("logged_late", "Logged late"), "padded": head.replace(",", " , "),
        "full-width": head.replace("period", "ｐｅｒｉｏｄ"), "underscores": head.replace("_", "__"), "quoted": head.replace("referrals_made", '"Referrals\nmade"'),
        "with-findings": None, "question-mark": head.replace("referrals_made", "Referrals made?"),
    }.items():  # fmt: skip
        content = (
            WORDS.replace(head, heading)
            if heading
            else "".join(
                f"{line},{'Findings' if at == 0 else 'mend this'}\n"
                for at, line in enumerate(WORDS.splitlines())
            )
        )
        yield _case(f"read-as-meant-{name}", "headers", content, "accepted")
    for lines in (1, 2, 5, 20):
        yield _case(f"{lines}-lines-above", "headers", "Referrals of the year\n" * lines + WORDS, "accepted")
    yield _case("version-above", "headers", "referrals version 3\n\n" + WORDS, "accepted")
    yield _case("40-lines-above", "headers", "Referrals of the year\n" * 40 + WORDS, "refused", "no-headings")
    for name in ("agency", "period"):
        yield _case(
            f"without-{name}",
            "headers",
            text(
                [
                    [cell for cell, heading in zip(row, HEADINGS, strict=True) if heading != name]
                    for row in table()
                ]
            ),
            "refused",
            "missing-column",
            1,
        )
        yield _case(
            f"misspelt-{name}", "headers", WORDS.replace(name, f"{name}s", 1), "refused", "missing-column", 1
        )
    yield _case(
        "code-without-breakdown",
        "headers",
        WORDS.replace("breakdown", "kind"),
        "refused",
        "missing-column",
        1,
    )
    for name in ("referrals_made", "logged_late"):
        yield _case(
            f"without-{name}",
            "headers",
            text(
                [
                    [cell for cell, heading in zip(row, HEADINGS, strict=True) if heading != name]
                    for row in table()
                ]
            ),
            "errors",
            "missing-column",
            1,
        )
    for name in (
        "notes",
        "id",
        "agency_id",
        "status",
        "approved_by",
        "role",
        "version",
        "total",
        "signed_at",
        "__proto__",
        "row_no",
    ):
        yield _case(
            f"unknown-{name}",
            "headers",
            "".join(f"{line},{name if at == 0 else 1}\n" for at, line in enumerate(WORDS.splitlines())),
            "errors",
            "unknown-column",
            1,
        )
    yield _case(
        "no-heading-but-cells",
        "headers",
        "".join(f"{line},{'' if at == 0 else 1}\n" for at, line in enumerate(WORDS.splitlines())),
        "errors",
        "unknown-column",
        1,
    )
    yield _case("no-heading-and-no-cells", "headers", WORDS.replace("\n", ",\n"), "accepted")
    yield _case(
        "one-heading-twice",
        "headers",
        WORDS.replace("logged_late", "referrals_made"),
        "refused",
        "duplicate-heading",
        1,
    )
    yield _case(
        "name-and-title-of-one",
        "headers",
        WORDS.replace("logged_late", "Referrals made"),
        "refused",
        "duplicate-heading",
        1,
    )
    yield _case(
        "period-twice", "headers", WORDS.replace("code", "Period", 1), "refused", "duplicate-heading", 1
    )
    yield _case("no-headings", "headers", WORDS.split("\n", 1)[1], "refused", "no-headings")
    yield _case("headings-alone", "headers", head, "refused", "no-rows")
    yield _case("headings-and-blank-rows", "headers", head + "\n,,,,,,\n,,,,,,\n", "refused", "no-rows")
    yield _case("another-return", "headers", "child,worker,visit\n1,2,3\n", "refused", "no-headings")
    yield _case("prose", "headers", "Dear team,\nplease find the figures below.\n", "refused", "no-headings")
