"""Every message of a check, in one place: what is wrong, then what to do. The same words serve page, workbook, CSV and API.

`say(code, **facts)` fills a sentence; `fault_in_number(text, figure)` explains why a cell cannot be read and offers the
mended value where there is one. Nothing is mended in silence: the person writes it.
"""

from __future__ import annotations

import re
import unicodedata
from decimal import Decimal
from difflib import get_close_matches

from hub import periods
from hub.definitions.model import ANSWERS, Figure
from hub.errors import WrongUsage
from hub.units import UNITS, to_text

MESSAGES = {
    # whose figures, and when
    "partnership-missing": "This row does not say which partnership it is for. Write one of {offer}.",
    "partnership-unknown": "“{text}” is not a partnership that you send this return to. Write one of {offer}.",
    "agency-missing": "This row does not say which agency it is for. Write the agency’s national code: {offer}.",
    "agency-unknown": "“{text}” is not an agency that you send this return for. Write one of {offer}, or ask the data team to add it.",
    "agency-not-in-partnership": "{text} does not owe this return to {partnership}. Correct the agency or the partnership.",
    "period-missing": "This row does not say for which period it is. Write {shape}.",
    "period-malformed": "“{text}” cannot be read as a period. Write {shape}.",
    "period-of-another-kind": "“{text}” is {kind}; this return asks for {asked}. Write {shape}.",
    "period-in-future": "{period} is not over yet. Leave this row out and send it when the period has ended.",
    "period-not-open": "{period} is not open for this return yet. Leave this row out and send it when the period has opened.",
    "period-closed": "{why} Until then, leave this row out.",
    "period-not-asked": "{agency} does not owe this return to {partnership} for {period}. Leave this row out or correct the period.",
    # which line of which table
    "breakdown-missing": "This row does not say which table it belongs to. Write one of {offer} under {heading}.",
    "breakdown-unknown": "“{text}” is not a table of this return. Write one of {offer}.",
    "breakdown-not-asked": "{kind} is not asked for “{text}” in this return. Leave this row out.",
    "code-missing": "This row of the table “{breakdown}” does not say which line it is. Write one of {offer}.",
    "code-unknown": "“{text}” is not a line of the table “{breakdown}”. Write one of {offer}.",
    "code-not-asked": "A total has no line. Leave this cell blank, or name the table that “{text}” belongs to.",
    "duplicate-row": "This line was already given in row {first}. Keep one of the two and leave the other out.",
    "total-missing": "The total row for {period} is missing. Add a row with {total} under {heading}.",
    "breakdown-without-lines": "The table “{breakdown}” for {period} is missing. Add its lines: {offer}.",
    "table-held-and-not": "The table “{breakdown}” for {period} is said to be not held, and has other lines too. Clear the line that says so, or the others.",
    "not-held-with-number": "This line says that the table is not held, so write [x] here, or leave it blank and fill in the lines above.",
    "line-missing": "The table “{breakdown}” for {period} lacks {offer}. Add each missing line; write 0 where there were none.",
    "period-lines-missing": "{offer} missing: this return needs a row for every {kind} of {period}. Add the rows.",
    # cells
    "figure-not-asked": "“{figure}” is not asked for here. Leave this cell blank.",
    "figure-missing": "“{figure}” is blank and must be given. Write the number, 0 if there were none{answers}.",
    "figure-blank": "“{figure}” is blank. Is it zero or unknown? Write 0 if there were none{answers}, or say why it is blank.",
    "number-with-separator": "“{text}” has a separator in it. Write {offer}.",
    "number-with-decimals": "“{text}” is not a whole number. Write {offer}.",
    "number-with-currency": "“{text}” has a sign in it. Write {offer}.",
    "number-in-other-currency": "“{text}” is not in pounds. Write what it is in pounds and pence.",
    "number-with-other-digits": "“{text}” is written with other digits than 0 to 9. Write {offer}.",
    "number-with-exponent": "“{text}” is written as a power of ten. Write {offer}.",
    "number-negative": "“{text}” is below zero, and “{figure}” cannot be. Write the number without the minus sign, or 0 if there were none.",
    "number-too-small": "“{text}” is less than {limit}, the least that “{figure}” can be. Check it and write the right number.",
    "number-too-large": "“{text}” is more than {limit}, the most that “{figure}” can be. Check it and write the right number.",
    "number-hidden": "“{text}” hides a small number. Send the true number: the hub hides small numbers from others itself.",
    "answer-not-offered": "“{text}” is not an answer to “{figure}”. Write the number, 0 if there were none{answers}.",
    "error-cell": "“{text}” is a spreadsheet’s error, not a number. Mend the formula, or write the number.",
    "not-a-number": "“{text}” is not a number. Write {shape}, for example 12{answers}.",
    # words
    "key-missing": "This row has no reference. Write a short one under code ({key} 1, 2, 3 …), and keep it as long as the row lasts.",
    "key-malformed": "“{text}” is no reference that the hub can keep. Write at most 20 small letters, digits and hyphens, for example 1.",
    "words-missing": "“{figure}” is blank and must be given. Write it.",
    "words-said": "“{figure}” is said by what you picked from the partnership’s list. Leave it blank, or pick another line.",
    "text-too-long": "“{text}” is too long for “{figure}”. Write at most {limit} characters.",
    "date-malformed": "“{text}” cannot be read as a date. Write it as 2015-09-01.",
    "words-not-in-list": "“{text}” is not one of the choices for “{figure}”. Write one of {offer}.",
    # the whole
    "template-of-other-submission": "This is the template of {whose}; you are filling in {meant}. Nothing of it was kept. Take the template from the page of {meant}, or send this file as the return that it is of.",
    "rows-of-other-submission": "These rows are of {whose}; you are filling in {meant}. Nothing of them was kept. Correct their agency and period, or send them as the return that they are of.",
    "template-of-other-agency": "This is the template of {whose}, and you send this return for {offer}. Nothing of it was kept. Download the template from the page of your own return.",
    "template-relabelled": "The file says that it was made for {whose}, but its rows are given as {meant}. Are the figures those of {meant}? If so, say so; if not, send the right file.",
    "no-rows": "There are no rows with figures in it. Fill in the template and send it again.",
    "more-like-this": "The same is wrong in {count} more places. Mend the ones that are shown and check again.",
}  # fmt: skip

MEANINGS = {
    "not_available": "if the number is not available",
    "not_applicable": "if it does not apply",
    "nil": "for a nil return",
    "hidden": "if the publisher hid it",
}
KINDS = {
    "month": "a month", "quarter": "a quarter", "financial_year": "a financial year", "term": "a school term",
    "academic_year": "a school year", "instant": "a day", "mid_year": "a mid-year",
}  # fmt: skip
SHAPES = {
    "month": "a month as 2014-09",
    "quarter": "a quarter as FY2014-15Q3",
    "financial_year": "a financial year as FY2014-15",
    "term": "a school term as AY2014-15T1",
    "academic_year": "a school year as AY2014-15",
    "instant": "a day as 2014-03-31",
    "mid_year": "a mid-year as MY2014",
}
MOST_OFFERED = 8
MOST_QUOTED = 60

_SEPARATED = re.compile(r"[0-9]{1,3}([,  '’ ][0-9]{3})+|[0-9]+,")
_WITH_PENCE = re.compile(r"([0-9]{1,3}(?:[,  '’ ][0-9]{3})*|[0-9]+)[.,]([0-9]{1,2})")
_DECIMALS = re.compile(r"([0-9]+)[.,]([0-9]+)")
_EXPONENT = re.compile(r"([0-9]+(?:\.[0-9]+)?)[eE]\+?([0-9]{1,2})")
_NUMBERLIKE = re.compile(r"[0-9]+(\.[0-9]+)?")
_NIL_WORDS = {"nil", "none", "zero", "no", "-", "–", "—"}
_UNKNOWN_WORDS = {"n/a", "na", "n.a.", "not applicable", "unknown", "not known", "not available", "x", "z", ".", "..", "?", "tbc"}  # fmt: skip
_HIDDEN = re.compile(r"[<>≤≥~*]\s*[0-9]*|c|[0-9]+\s*-\s*[0-9]+|[0-9]+\+", re.IGNORECASE)
_ERRORS = re.compile(r"#[A-Z0-9/!?]+", re.IGNORECASE)


def say(code: str, **facts: object) -> str:
    """The sentence of a code. What the person wrote is quoted short."""
    texts = {name: quoted(value) if name == "text" else value for name, value in facts.items()}
    return MESSAGES[code].format(**texts)


def quoted(value: object) -> str:
    """Typed text as a message repeats it: on one line, printable, short."""
    text = "".join(mark if mark.isprintable() else " " for mark in str(value))
    return text if len(text) <= MOST_QUOTED else f"{text[:MOST_QUOTED]}…"


def offers(codes: list[str], text: str = "") -> str:
    """Codes that may be written, the likeliest first, so that a slip of the pen is mended by reading on."""
    lowered = {code.lower(): code for code in codes}
    near = (
        [lowered[code] for code in get_close_matches(text.lower()[:MOST_QUOTED], lowered, n=1, cutoff=0.7)]
        if text
        else []
    )
    ordered = near + [code for code in codes if code not in near]
    shown = ordered[:MOST_OFFERED]
    more = len(ordered) - len(shown)
    return ", ".join(shown) + (f" or one of {more} more" if more else "")


def answers_of(figure: Figure) -> str:
    """The answers other than a number that a figure allows: ", [x] if the number is not available"."""
    texts = [f", {symbol} {MEANINGS[state]}" for symbol, state in ANSWERS.items() if state in figure.answers]
    return "".join(texts)


def shape_of_period(kind: str, text: str = "") -> str:
    """How a period of that kind is written, with the person's own period mended where it can be guessed."""
    mended = mended_month(text) if kind == "month" and text else None
    return mended or SHAPES[kind]


def mended_month(text: str) -> str | None:
    """The month that "Apr 2014", "04/2014", "2014/4" or a day of it most likely means; None if it is not plain."""
    try:
        period = periods.parse(text)
        return f"{period.starts_on:%Y-%m}" if period.kind == "instant" else None
    except WrongUsage:
        pass
    lowered = text.lower().strip()
    found = re.fullmatch(r"([0-9]{4})[-/. ]([0-9]{1,2})", lowered)
    if found:
        return _as_month(found[1], int(found[2]))
    found = re.fullmatch(r"([0-9]{1,2})[-/. ]([0-9]{4})", lowered)
    if found:
        return _as_month(found[2], int(found[1]))
    found = re.fullmatch(r"([a-z]{3,9})[-/. ]+(20[0-9]{2}|[0-9]{2})", lowered)
    if found:
        names = [f"{periods.month(2000, number).starts_on:%B}".lower() for number in range(1, 13)]
        numbers = [number for number, name in enumerate(names, 1) if name.startswith(found[1])]
        return _as_month(f"20{found[2][-2:]}", numbers[0]) if len(numbers) == 1 else None
    return None


def _as_month(year: str, number: int) -> str | None:
    return f"{year}-{number:02d}" if 1 <= number <= 12 else None


def fault_in_number(text: str, figure: Figure) -> tuple[str, str]:
    """The code and the message for a text that is neither a number of this figure nor an answer that it allows."""
    code, offer = _fault(text, figure)
    limit = to_text(figure.minimum if code == "number-too-small" else figure.maximum, figure.unit)
    return code, say(
        code,
        text=text,
        figure=figure.title,
        offer=offer,
        limit=limit,
        answers=answers_of(figure),
        shape="a whole number" if not UNITS[figure.unit].places else "a number",
    )


def _fault(text: str, figure: Figure) -> tuple[str, str]:
    places = UNITS[figure.unit].places
    if text in ANSWERS or text.lower() in _NIL_WORDS | _UNKNOWN_WORDS:
        return "answer-not-offered", ""
    if _ERRORS.fullmatch(text):
        return "error-cell", ""
    if _HIDDEN.fullmatch(text):
        return "number-hidden", ""
    plain = unicodedata.normalize("NFKC", text).replace("−", "-").strip()
    if not plain.isascii():
        plain = "".join(str(unicodedata.digit(mark, mark)) for mark in plain)
    if plain != text and _NUMBERLIKE.fullmatch(plain):
        return "number-with-other-digits", plain
    if re.fullmatch(r"[-(][0-9.,]+\)?", plain):
        return "number-negative", ""
    return _fault_in_ascii(plain, figure, places)


def _fault_in_ascii(text: str, figure: Figure, places: int) -> tuple[str, str]:
    bare = re.sub(r"^[£$€+]\s*|\s*[£$€%]$", "", text)
    if bare != text and _NUMBERLIKE.fullmatch(bare.replace(",", "")):
        if UNITS[figure.unit].prefix and set("$€") & set(text):
            return "number-in-other-currency", ""
        return "number-with-currency", bare.replace(",", "")
    if _SEPARATED.fullmatch(text) or re.fullmatch(r"[0-9]+(_[0-9]+)+", text):
        return "number-with-separator", re.sub(r"[^0-9]", "", text)
    found = _EXPONENT.fullmatch(text)
    if found:
        return "number-with-exponent", f"{float(text):.0f}"
    found = _WITH_PENCE.fullmatch(text)
    if found and places and not _NUMBERLIKE.fullmatch(text):
        return "number-with-separator", f"{re.sub(r'[^0-9]', '', found[1])}.{found[2]}"
    found = _DECIMALS.fullmatch(text)
    if found and len(found[2].rstrip("0")) > places:
        return "number-with-decimals", found[1] if not found[2].strip(
            "0"
        ) else "a whole number" if not places else f"at most {places} decimals"
    if found and not places:
        return "number-with-decimals", found[1]
    if _NUMBERLIKE.fullmatch(text):
        value = Decimal(text) * UNITS[figure.unit].per_unit
        return ("number-too-small", "") if value < figure.minimum else ("number-too-large", "")
    return "not-a-number", ""
