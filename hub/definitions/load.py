"""From a YAML file to a definition or a code list, or to every reason why not, each with file and line."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable
from dataclasses import asdict, replace
from functools import lru_cache
from pathlib import Path
from typing import Any

from hub import config
from hub.definitions import canonical, consistency, consistency_lists, consistency_rules, file_parts, shape
from hub.definitions.history_kinds import KINDS
from hub.definitions.model import CodeList, Definition, HistoryRule
from hub.document import Document, Place, read
from hub.errors import DefinitionErrors


def read_return(path: Path, *, lists: Collection[str] | None = None) -> Definition:
    """A return's definition. `lists` names the code lists that it may use; without it, those beside it count.

    Errors: DefinitionErrors with everything that is wrong. The examples of its rules are not executed here:
    hub.definitions.trial does that for `hub load` and the tests.
    """
    document = read(path)
    known = codelists_beside(path) if lists is None else lists
    return return_from(document, known)


def return_from(document: Document, lists: Collection[str]) -> Definition:
    data, faults = file_parts.loaded(shape.ReturnFile(), document.data)
    _refuse(document, faults)
    _refuse(document, [*_misplaced(document, data), *consistency.faults_of_return(data, lists)])
    data["history"] = [*_standing(data), *data["history"]]
    data["history"] = [with_defaults(rule) for rule in data["history"]]
    definition = canonical.definition_of(data)
    return replace(definition, digest=canonical.digest_of(canonical.as_json(definition)))


def read_history(path: Path) -> tuple[HistoryRule, ...]:
    """The history rules that every return is asked. Errors: DefinitionErrors with everything that is wrong."""
    document = read(path)
    data, faults = file_parts.loaded(shape.HistoryFile(), document.data)
    _refuse(document, faults)
    _refuse(document, consistency_rules.faults_of_history(data["history"]))
    return tuple(HistoryRule(**with_defaults(rule)) for rule in data["history"])


@lru_cache(maxsize=1)
def standard_history() -> tuple[HistoryRule, ...]:
    """The rules of the hub's own schemas/history.yaml."""
    return read_history(config.shipped("schemas") / "history.yaml")


def _standing(data: dict[str, Any]) -> list[dict[str, Any]]:
    """The standard rules that a return is asked: all but those that it asks otherwise; of a published return, none.

    They are part of the return's text from here on, so a version stays complete; their examples stay in their file.
    """
    own = {rule["code"] for rule in data["history"]}
    if data["published"]:
        return []
    return [
        {**asdict(rule), "passes": [], "fails": []} for rule in standard_history() if rule.code not in own
    ]


def with_defaults(rule: dict[str, Any]) -> dict[str, Any]:
    """A rule of a file with every parameter of its kind."""
    return {**rule, "parameters": {**KINDS[rule["kind"]], **rule["parameters"]}}


def read_codelist(path: Path) -> CodeList:
    """A code list. Errors: DefinitionErrors with everything that is wrong."""
    document = read(path)
    data, faults = file_parts.loaded(shape.CodeListFile(), document.data)
    _refuse(document, faults)
    _refuse(document, consistency_lists.faults_of_codelist(data))
    codelist = canonical.codelist_of(data)
    return replace(codelist, digest=canonical.digest_of(canonical.as_json(codelist)))


def codelists_beside(path: Path) -> set[str]:
    """The names of the code lists in the same `schemas` folder as a return's file."""
    return {file.stem for file in path.resolve().parent.parent.glob("codelists/*.yaml")}


def _misplaced(document: Document, data: dict[str, Any]) -> Iterable[tuple[Place, str]]:
    """A file `v2.yaml` holds version 2, and lies in the folder of its return."""
    path = Path(document.file)
    named = re.fullmatch(r"v([0-9]+)\.yaml", path.name)
    if named and int(named[1]) != data["version"]:
        yield (
            ("version",),
            f"the file is called {path.name} but says version {data['version']}. Make them agree.",
        )
    if named and path.resolve().parent.name != data["code"]:
        yield (
            ("return",),
            f"the file lies in the folder “{path.resolve().parent.name}” but is of the return “{data['code']}”.",
        )


def _refuse(document: Document, faults: Iterable[tuple[Place, str]]) -> None:
    errors = [document.fault(place, cause) for place, cause in faults]
    if errors:
        raise DefinitionErrors(sorted(errors, key=lambda error: error.line or 0))
