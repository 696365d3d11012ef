"""`hub load PATH [--check]`: bring definitions, partnerships and agreements from files, all of them or none.

Which kind a file is, its first words say: `return:`, `codelist:`, `mapping:`, `partnership:`, `calendar:`, `neighbours:`,
`comparison:`, `agreement:`, `history:`, `profile:`, or a list of measures. A folder is searched for all of them. Rules of returns are tried on their own
examples. What came with the hub is brought along where the database has not seen it.
"""

from __future__ import annotations

import argparse
import json
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import pandas as pd
    from sqlalchemy.orm import Session

    from hub.definitions.folders import Catalogue
    from hub.definitions.model import CodeList, Rule
    from hub.errors import DefinitionError

# In the order in which they are loaded: what others name comes first.
KINDS = (
    "codelist",
    "history",
    "return",
    "mapping",
    "measures",
    "partnership",
    "calendar",
    "comparison",
    "neighbours",
    "agreement",
    "profile",
)


def register(subparsers: Any) -> None:
    parser = subparsers.add_parser(
        "load", help="bring returns, code lists, mappings, measures, partnerships or agreements from files"
    )
    parser.add_argument("path", type=Path, help="a file, or a folder with any of them")
    parser.add_argument("--check", action="store_true", help="say what is wrong and change nothing")
    parser.add_argument("--format", choices=("text", "json"), default="text")
    parser.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> int:
    from hub import clock, config
    from hub.audit.chain import OPERATOR, record
    from hub.calendar.ahead import keep_ahead
    from hub.db import make_engine, transaction

    files = _sorted_out(arguments.path.expanduser().resolve())
    _standard_history(files["history"])
    catalogue = _definitions(files)
    _read_others(files, catalogue)
    found = {kind: len(paths) for kind, paths in files.items() if paths}
    new: int | None = None
    due: int | None = None
    if not arguments.check:
        engine = make_engine(config.from_environment().database_url)
        try:
            with transaction(engine) as session:
                new = _store(session, files, catalogue, clock.real_now())
                due = keep_ahead(session)
                record(session, actor=OPERATOR, action="load", subject=str(arguments.path), detail=found)
        finally:
            engine.dispose()
    if arguments.format == "json":
        print(json.dumps({"files": found, "new": new, "due": due}, ensure_ascii=False))
        return 0
    for kind, number in found.items():
        print(f"{kind}: {number} file{'' if number == 1 else 's'} in order")
    print(
        "Nothing was changed." if new is None else f"Loaded: {new} new or changed, {due} returns newly due."
    )
    return 0


def _sorted_out(path: Path) -> dict[str, list[Path]]:
    """The files by kind. Raises what cannot be read, or is of no known kind, with its place."""
    from hub import document
    from hub.errors import DefinitionError, DefinitionErrors, NotFound

    if not path.exists():
        raise NotFound(f"There is no file or folder {path}.")
    candidates = sorted(path.rglob("*.yaml")) if path.is_dir() else [path]
    files: dict[str, list[Path]] = {kind: [] for kind in KINDS}
    faults: list[DefinitionError] = []
    for file in candidates:
        try:
            kind = _kind(document.read(file).data)
        except DefinitionErrors as error:
            faults += error.errors
            continue
        if kind:
            files[kind].append(file)
        else:
            cause = f"does not say what it is. It should begin with one of: {', '.join(k for k in KINDS if k != 'measures')}."
            faults.append(DefinitionError(str(file), 1, cause))
    if not candidates:
        faults.append(DefinitionError(str(path), None, "holds no .yaml file."))
    if faults:
        raise DefinitionErrors(faults)
    return files


def _kind(data: Any) -> str | None:
    if isinstance(data, list):
        return "measures"
    named = [kind for kind in KINDS if isinstance(data, dict) and kind in data]
    # An agreement, a comparison and a mapping name their partnership or return too, beside their own word.
    for kind in (
        "agreement",
        "calendar",
        "comparison",
        "mapping",
        "neighbours",
        "codelist",
        "return",
        "partnership",
        "history",
        "profile",
    ):
        if kind in named:
            return kind
    return None


def _definitions(files: dict[str, list[Path]]) -> Catalogue:
    """Code lists and returns among the files, read and tried, beside the hub's own."""
    from hub.definitions import catalogue
    from hub.definitions.folders import Catalogue, read_files
    from hub.errors import DefinitionErrors

    if not files["codelist"] and not files["return"]:
        return Catalogue()
    read = read_files(files["codelist"], files["return"], beside=catalogue.shipped())
    faults = [fault for file in files["return"] for fault in _faults_of_examples(file, read)]
    faults += [fault for file in files["return"] for fault in _faults_of_history(file, read)]
    if faults:
        raise DefinitionErrors(faults)
    return read


def _faults_of_examples(file: Path, read: Catalogue) -> list[DefinitionError]:
    """Imported for returns alone: what their rules are run with takes longer to load than a list takes to read."""
    from hub.definitions.trial import faults_of_examples

    return faults_of_examples(file, read, named=_named)


def _faults_of_history(file: Path, read: Catalogue) -> list[DefinitionError]:
    """The misbehaving examples of a return's own history rules, with their lines."""
    from hub import document
    from hub.validation.history_trial import misbehaving_history

    text = document.read(file)
    said = (text.data["return"], text.data["version"])
    definition = next(d for d in read.returns if (d.code, d.version) == said)
    return [text.fault(place, cause) for place, cause in misbehaving_history(definition)]


def _standard_history(files: list[Path]) -> None:
    """The standard history rules among the files, read and tried; returns take them up as they are loaded."""
    if not files:
        return
    from hub import document
    from hub.definitions.load import read_history
    from hub.errors import DefinitionErrors
    from hub.validation.history_trial import misbehaving_standard

    faults = [
        document.read(file).fault(place, cause)
        for file in files
        for place, cause in misbehaving_standard(read_history(file))
    ]
    if faults:
        raise DefinitionErrors(faults)


def _named(rule: Rule, frame: pd.DataFrame) -> pd.Series[bool]:
    """Run a rule that is written in Python."""
    import importlib

    broken: pd.Series[bool] = importlib.import_module(f"hub.validation.rules.{rule.named}").broken(frame)
    return broken


def _read_others(files: dict[str, list[Path]], read: Catalogue) -> None:
    """Every other file, for its faults alone."""
    from hub.agreements.load import read_agreements, shipped_measures
    from hub.calendar.local import read_calendar
    from hub.comparison.terms import read_terms
    from hub.definitions import catalogue
    from hub.definitions.mappings import read_mapping
    from hub.definitions.neighbours import read_neighbours
    from hub.errors import DefinitionErrors
    from hub.measures.load import read_measures
    from hub.measures.profiles import read_profile

    shipped = catalogue.shipped()
    returns = [*shipped.returns, *read.returns]
    codelists = {**shipped.codelists, **read.codelists}
    readers: dict[str, Callable[[Path], Any]] = {
        "mapping": lambda file: read_mapping(file, returns, codelists),
        "measures": read_measures,
        "partnership": lambda file: _partnership(file, codelists),
        "calendar": read_calendar,
        "comparison": read_terms,
        "neighbours": lambda file: read_neighbours(file, _councils(codelists)),
        "profile": read_profile,
    }
    faults: list[DefinitionError] = []
    for kind, reader in readers.items():
        for file in files[kind]:
            try:
                reader(file)
            except DefinitionErrors as error:
                faults += error.errors
    if faults:
        raise DefinitionErrors(faults)
    if files["agreement"]:
        measures = {one.id: one for file in files["measures"] for one in read_measures(file)}
        read_agreements(files["agreement"], measures=shipped_measures() | measures)


def _partnership(file: Path, codelists: dict[str, CodeList]) -> None:
    """A partnership's file, whether the lists that it adds lines to take them, and whether there are the profiles that it names."""
    from hub import document
    from hub.errors import DefinitionErrors, WrongUsage
    from hub.measures.profiles import chosen
    from hub.partners.load import read_partnership

    settings, read = read_partnership(file).settings, document.read(file)
    faults = []
    for audience, profile in settings["disclosure"].items():
        try:
            chosen(audience, profile)
        except WrongUsage as error:
            faults.append(read.fault(("disclosure", audience), error.sentence))
    for name, lines in settings["lists"].items():
        found = codelists.get(name)
        if found is None or not found.local:
            faults.append(
                read.fault(("lists", name), f"“{name}” is no list that takes lines of a partnership’s own.")
            )
            continue
        for number, line in enumerate(lines):
            if ("/" in line["code"]) != found.within_areas or set(line["says"]) - found.said:
                cause = f"“{line['code']}” does not fit “{name}”: {'area/code' if found.within_areas else 'a code without an area'}"
                cause += f", and it says {' and '.join(sorted(found.said)) or 'nothing'}."
                faults.append(read.fault(("lists", name, number), cause))
    if faults:
        raise DefinitionErrors(faults)


def _councils(codelists: dict[str, CodeList]) -> set[str]:
    return {item.code for item in codelists["english-councils"].items}


def _store(session: Session, files: dict[str, list[Path]], read: Catalogue, now: datetime) -> int:
    """Everything, in one transaction. Returns how many documents are new."""
    from hub.agreements.versions import store_agreement
    from hub.calendar.local import store_calendar
    from hub.comparison.terms import store_terms
    from hub.definitions import catalogue
    from hub.definitions.mapping_model import as_json
    from hub.definitions.mappings import read_mapping
    from hub.definitions.neighbours import read_neighbours, store_neighbours
    from hub.measures.load import publish_measures
    from hub.measures.profiles import choose
    from hub.partners.load import load_partnership, read_partnership

    shipped = catalogue.shipped()
    new = catalogue.publish_shipped(session, now=now)  # what came with the hub is in force wherever it runs
    if new:
        new += sum(publish_measures(session, measures, now=now) for measures in shipped.measures)
    new += catalogue.publish(session, read, now=now)
    for file in files["mapping"]:
        mapping = read_mapping(
            file, [*shipped.returns, *read.returns], {**shipped.codelists, **read.codelists}
        )
        new += catalogue.store(
            session, "mapping", mapping.code, mapping.version, "draft", as_json(mapping), now=now
        )
    new += sum(publish_measures(session, file, now=now) for file in files["measures"])
    for file in files["partnership"]:
        partnership = read_partnership(file)
        choose(session, load_partnership(session, partnership), partnership.settings["disclosure"])
    new += sum(store_calendar(session, file, now=now) for file in files["calendar"])
    new += sum(store_terms(session, file, now=now) for file in files["comparison"])
    councils = _councils({**shipped.codelists, **read.codelists})
    for file in files["neighbours"]:
        new += store_neighbours(session, read_neighbours(file, councils), now=now)
    for file in files["agreement"]:
        new += store_agreement(session, file).is_new
    return new
