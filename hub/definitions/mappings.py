"""Mappings from files: read from YAML, judged against the return that they make, and found again by name."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from functools import lru_cache
from pathlib import Path
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from hub.definitions import agency_mappings, file_parts
from hub.definitions.folders import Catalogue
from hub.definitions.mapping_model import MISSING, ColumnMapping, from_json, mapping_of
from hub.definitions.model import ANSWERS, AREAS_LIST, MEMBERS_LIST, NOT_HELD, TOTAL, CodeList, Definition
from hub.definitions.models import DefinitionVersion
from hub.definitions.shape_mappings import MappingFile
from hub.document import Place, read
from hub.errors import DefinitionErrors, UnknownDefinition, WrongUsage
from hub.periods import parse


def read_mapping(
    path: Path, returns: Iterable[Definition], codelists: Mapping[str, CodeList]
) -> ColumnMapping:
    """A mapping's file, judged against the returns and code lists. Errors: DefinitionErrors with everything wrong."""
    document = read(path)
    mapping, faults = judged(document.data, returns, codelists)
    if mapping is None:
        errors = [document.fault(place, cause) for place, cause in faults]
        raise DefinitionErrors(sorted(errors, key=lambda error: error.line or 0))
    return mapping


def judged(
    data: Any, returns: Iterable[Definition], codelists: Mapping[str, CodeList]
) -> tuple[ColumnMapping | None, list[tuple[Place, str]]]:
    """The mapping that plain data makes, laid out as in a file; or none, with everything that is wrong and its place."""
    loaded, faults = file_parts.loaded(MappingFile(), data)
    if not faults:
        faults = list(_faults(loaded, list(returns), codelists))
    return (None, faults) if faults else (mapping_of(loaded), [])


def known(session: Session, shipped: Catalogue) -> dict[str, ColumnMapping]:
    """Every mapping in use by its name: shared ones, and those that agencies made."""
    return {**shared(session, shipped), **agency_mappings.in_use(session)}


def shared(session: Session, shipped: Catalogue) -> dict[str, ColumnMapping]:
    """Mappings for all: those that were loaded, and of the shipped ones those that were not loaded since."""
    found = {mapping.code: mapping for mapping in _of_files(shipped)}
    loaded = select(DefinitionVersion).where(DefinitionVersion.kind == "mapping")
    for row in session.scalars(loaded.order_by(DefinitionVersion.version, DefinitionVersion.known_from)):
        found[row.code] = from_json(row.document)
    return found


@lru_cache(maxsize=4)
def _of_files(catalogue: Catalogue) -> tuple[ColumnMapping, ...]:
    files = catalogue.mappings.values()
    return tuple(read_mapping(path, catalogue.returns, catalogue.codelists) for path in files)


def named(name: str, mappings: Mapping[str, ColumnMapping], shipped: Catalogue) -> ColumnMapping:
    """The mapping of that name, or in the YAML file of that name."""
    if name.endswith(".yaml"):
        return read_mapping(Path(name), shipped.returns, shipped.codelists)
    if name not in mappings:
        raise UnknownDefinition(
            f"There is no mapping “{name}”. There are: {', '.join(sorted(mappings)) or 'none'}."
        )
    return mappings[name]


def _faults(
    data: dict[str, Any], returns: list[Definition], codelists: Mapping[str, CodeList]
) -> Iterator[tuple[Place, str]]:
    found = [definition for definition in returns if definition.code == data["return_code"]]
    if not found:
        known = ", ".join(sorted({definition.code for definition in returns}))
        yield ("return",), f"“{data['return_code']}” is not a return. There are: {known}."
        return
    definition = found[-1]
    for part in ("partnership", "agency"):
        for number, placed in enumerate(data[part]):
            if (placed["column"] is None) == (placed["code"] is None):
                yield (part, number), f"{part} {number + 1}: give either a column or a code."
    yield from _period_faults(data["period"], definition)
    yield from _symbol_faults(data["symbols"], definition)
    for number, line in enumerate(data["rows"]):
        yield from _line_faults(line, ("rows", number), definition, codelists)


def _period_faults(period: dict[str, Any], definition: Definition) -> Iterator[tuple[Place, str]]:
    given = [name for name in ("column", "code", "across") if period[name] is not None]
    if len(given) + period["asked"] != 1:
        yield (
            ("period",),
            "period: give one of: a column; a code; across, where it runs across the headings; or asked, where the sender says it.",
        )
    if period["code"] is not None:
        try:
            parse(period["code"])
        except WrongUsage as error:
            yield ("period", "code"), f"period: {error.sentence}"
    grains = {owes.grain for owes in definition.owes}
    if period["code"] is None and period["kind"] not in grains:
        fitting = ", ".join(sorted(grains))
        yield (
            ("period", "kind"),
            f"period: “{definition.code}” has a row for each {fitting}, not {period['kind']}.",
        )


def _symbol_faults(symbols: dict[str, str], definition: Definition) -> Iterator[tuple[Place, str]]:
    known = (*sorted(set(ANSWERS.values())), MISSING)
    given = {answer for figure in definition.figures for answer in figure.answers}
    for symbol, state in symbols.items():
        if state not in known:
            yield ("symbols", symbol), f"“{state}” is not a state. Use: {', '.join(known)}."
        elif state != MISSING and state not in given:
            yield ("symbols", symbol), f"no figure of “{definition.code}” may be answered “{state}”."


def _line_faults(
    line: dict[str, Any], place: Place, definition: Definition, codelists: Mapping[str, CodeList]
) -> Iterator[tuple[Place, str]]:
    breakdowns = {breakdown.name: breakdown for breakdown in definition.breakdowns}
    if line["breakdown"] not in breakdowns:
        yield (
            (*place, "breakdown"),
            f"“{line['breakdown']}” is not a breakdown of “{definition.code}”. It has: {', '.join(breakdowns)}.",
        )
        return
    breakdown = breakdowns[line["breakdown"]]
    for figure in line["figures"]:
        if figure not in breakdown.figures:
            yield (
                (*place, "figures", figure),
                f"“{figure}” is not a figure of “{breakdown.name}”. It has: {', '.join(breakdown.figures)}.",
            )
    if breakdown.name == TOTAL:
        if line["code"] or line["code_column"]:
            yield (*place, "breakdown"), "the total has no code."
        return
    if bool(line["code"]) == bool(line["code_column"]):
        yield place, f"“{breakdown.name}”: give either a code or the column that holds it."
    elif line["code"] and not _is_of_a_partnership(codelists, breakdown.list):
        codes = _codes(codelists, breakdown.list)
        not_held = breakdown.may_be_not_held and line["code"] == NOT_HELD
        if line["code"] not in codes and not not_held:
            yield (
                (*place, "code"),
                f"“{line['code']}” is not in the list “{breakdown.list}”. It has: {', '.join(codes)}.",
            )


def _is_of_a_partnership(codelists: Mapping[str, CodeList], name: str) -> bool:
    """Whether each partnership has codes of its own in the list, which no file knows."""
    return name in (AREAS_LIST, MEMBERS_LIST) or (name in codelists and codelists[name].local)


def _codes(codelists: Mapping[str, CodeList], name: str) -> Collection[str]:
    return [item.code for item in codelists[name].items] if name in codelists else []
