"""The gate before anything is kept (security.md T5): no figure needs an identifier of a person.

Looks at every text that came: cells, headings, comments, sheet and file names, properties. Identifiers refuse the whole
file; likely names and the like are asked about. Codes and places are all that is told: never what was found.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import cast

from hub.definitions.model import Definition
from hub.findings import Finding, Where
from hub.identifiers.names import words
from hub.identifiers.numbers import is_nhs_number
from hub.identifiers.signs import LIKELY_NAME, NHS_NUMBER, Sign, signs_in
from hub.intake.assemble import Understood
from hub.intake.grid import Text, column_name, tidy
from hub.intake.headings import plain
from hub.intake.shape import SHOWN
from hub.intake.table import Refused

_COLUMNS_OF_PERSONS = words(
    """
    nhs_number nhs_no nhs_num nhsnumber nhs_id upn unique_pupil_number former_upn uln dob date_of_birth birth_date d_o_b surname forename forenames
    first_name last_name middle_name family_name given_name full_name child_name childs_name child_s_name name_of_child childname patient_name
    pupil_name mother_name mothers_name mother_s_name parent_name carer_name ni_number ni_no nino national_insurance_number
    home_address address address_line_1 postcode post_code home_postcode email e_mail email_address telephone phone mobile mobile_number
    child_id childid la_child_id lachildid case_id caseid person_id patient_id pupil_id hospital_number crn mosaic_id liquidlogic_id
    """
)
_COUNT = re.compile("[0-9]{1,9}")
_BARE_TEN = re.compile("[0-9]{10}")
_ADVICE = "Nothing of the file was kept. Send counts only: take it out and send the file again."


def refuse_identifiers(understood: Understood, definition: Definition) -> list[Finding]:
    """The questions to ask about likely signs of a person.

    Errors: Refused, with code and place of each, where a sign is certain.
    """
    found = list(_found(understood, definition))
    certain = [_refusal(sign, where) for sign, where in found if sign.certain]
    if certain:
        raise Refused(*certain[:SHOWN], *_more(len(certain)))
    asked = [_question(sign, where) for sign, where in found]
    return asked[:SHOWN]


def without_identifiers(refused: Refused) -> Refused:
    """The same refusal, silent about words that may point to a person (a sheet's name, a heading)."""
    return Refused(*map(_silent, refused.findings))


def signs_at(texts: Iterable[Text]) -> Iterator[tuple[Sign, Where]]:
    """The signs in words outside the cells, with their places. Staff are named in properties, and may be."""
    for text in texts:
        for sign in signs_in(tidy(text.text)):
            if sign.certain or not text.by_staff:
                yield sign, _nameless(text.where)


def _found(understood: Understood, definition: Definition) -> Iterator[tuple[Sign, Where]]:
    yield from signs_at(understood.grid.texts)
    names = {at: name for name, at in understood.headings.columns.items()}
    figures = {figure.name for figure in definition.numbers}
    for at in range(len(understood.cells.columns)):
        name = names.get(at)
        if name is None:
            yield from _column_of_persons(understood, at)
        signs = _in_column(understood, at, is_figure=name in figures, is_known=name is not None)
        if (
            at in understood.headings.own
        ):  # nothing of it is kept, and what stands there was asked about when it was sent
            signs = {text: found for text, found in signs.items() if found[0].certain}
        yield from _places(understood, at, signs, name)


def _column_of_persons(understood: Understood, at: int) -> Iterator[tuple[Sign, Where]]:
    """A heading can say that its column holds persons, whatever its cells look like."""
    row = understood.headings.at
    heading = str(understood.cells.iat[row, at])
    if plain(heading) in _COLUMNS_OF_PERSONS and bool((understood.cells[at].iloc[row + 1 :] != "").any()):
        yield Sign("personal-column", True, "a column about single persons"), _where(understood, at, row)


def _in_column(understood: Understood, at: int, *, is_figure: bool, is_known: bool) -> dict[str, list[Sign]]:
    """The signs in the distinct texts of a column; when a hundred certain ones are found the rest need not be known."""
    texts = [str(text) for text in understood.cells[at].unique()]
    bare = [text for text in texts if _BARE_TEN.fullmatch(text)]
    passing = [text for text in bare if is_nhs_number(text)]
    chance = (
        not is_known and len(bare) > 1 and len(passing) * 2 < len(bare)
    )  # as many as random numbers would give
    certain: dict[str, list[Sign]] = {}
    asked: dict[str, list[Sign]] = {}
    for text in texts:
        if _COUNT.fullmatch(text) or (chance and _BARE_TEN.fullmatch(text)):
            continue
        signs = [sign for sign in signs_in(text) if sign.certain or sign is LIKELY_NAME or not is_figure]
        if signs:
            (certain if signs[0].certain else asked)[text] = signs
        if len(certain) > SHOWN:
            break
    return certain or dict(list(asked.items())[:SHOWN])


def _places(
    understood: Understood, at: int, signs: dict[str, list[Sign]], name: str | None
) -> Iterator[tuple[Sign, Where]]:
    if not signs:
        return
    column = understood.cells[at]
    for row, text in column[column.isin(list(signs))].head(SHOWN * 2).items():
        for sign in signs[str(text)]:
            yield sign, _where(understood, at, cast("int", row), name)


def _where(understood: Understood, at: int, row: int, name: str | None = None) -> Where:
    return _nameless(
        Where(understood.grid.sheet, int(understood.grid.row_no[row]), name or column_name(at), name)
    )


def _nameless(where: Where) -> Where:
    """Without the sheet's name where that itself points to a person."""
    return (
        Where(None, where.row, where.column, where.field) if where.sheet and signs_in(where.sheet) else where
    )


def _spot(where: Where) -> str:
    parts = [
        f"column {where.column}" if where.column else "",
        f"row {where.row}" if where.row else "",
        f"the sheet “{where.sheet}”" if where.sheet else "",
    ]
    return (
        ", ".join(filter(None, parts))
        or "the file's name, a sheet's name, a comment or the file's properties"
    )


def _refusal(sign: Sign, where: Where) -> Finding:
    return Finding(sign.code, "error", f"There is {sign.what} in {_spot(where)}. {_ADVICE}", where)


def _question(sign: Sign, where: Where) -> Finding:
    message = f"There is {sign.what} in {_spot(where)}. Take it out if it belongs to a child or a relative. If not, say what it is: are you sure?"
    return Finding(sign.code, "query", message, where)


def _more(count: int) -> list[Finding]:
    return [Finding(NHS_NUMBER.code, "error", "There are more such places.")] if count > SHOWN else []


def _silent(finding: Finding) -> Finding:
    where = finding.where
    if not any(signs_in(text) for text in (where.sheet or "", where.column or "", finding.message)):
        return finding
    return Finding(
        finding.code,
        finding.severity,
        "The file cannot be read. Its reason is left out because it would repeat what may point to a person.",
        Where(None, where.row),
    )
