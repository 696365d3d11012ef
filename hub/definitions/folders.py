"""What `schemas` folders hold, read together: what one file cannot see of another is judged here."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

from hub.definitions.load import read_codelist, read_return
from hub.definitions.model import CodeList, Definition
from hub.errors import DefinitionError, DefinitionErrors, UnknownDefinition

FROZEN = "frozen.txt"


@dataclass(frozen=True)
class Catalogue:
    """What the files of one or more `schemas` folders hold. Mappings and measures are read by the rooms that own them."""

    returns: tuple[Definition, ...] = ()  # by code, then version
    codelists: dict[str, CodeList] = field(default_factory=dict)
    mappings: dict[str, Path] = field(default_factory=dict)
    measures: tuple[Path, ...] = ()

    def latest(self, code: str) -> Definition:
        """The highest version of a return."""
        found = [definition for definition in self.returns if definition.code == code]
        if not found:
            raise UnknownDefinition(
                f"There is no return “{code}”. There are: {', '.join(sorted({d.code for d in self.returns}))}."
            )
        return found[-1]


def read_folders(folders: Iterable[Path]) -> Catalogue:
    """The definitions of `schemas` folders; a later folder may add to an earlier one and not replace.

    Errors: DefinitionErrors with everything that is wrong in any file.
    """
    places = [folder for folder in folders if folder.is_dir()]
    faults: list[DefinitionError] = []
    codelists: dict[str, CodeList] = {}
    for file in _files(places, "codelists/*.yaml"):
        try:
            codelist = read_codelist(file)
        except DefinitionErrors as error:
            faults += error.errors
            continue
        if codelist.code in codelists:
            faults.append(
                DefinitionError(
                    str(file), None, f"there is a code list “{codelist.code}” already. Choose another name."
                )
            )
        codelists[codelist.code] = codelist
    returns: dict[tuple[str, int], tuple[Definition, Path]] = {}
    known_lists = {*codelists, *(file.stem for file in _files(places, "codelists/*.yaml"))}
    for file in _files(places, "*/v*.yaml"):
        try:
            definition = read_return(file, lists=known_lists)
        except DefinitionErrors as error:
            faults += error.errors
            continue
        if (definition.code, definition.version) in returns:
            faults.append(
                DefinitionError(
                    str(file),
                    None,
                    f"there is a version {definition.version} of “{definition.code}” already.",
                )
            )
        returns[definition.code, definition.version] = (definition, file)
    faults += _rules_used_twice(returns.values())
    faults += _thawed(places, returns)
    if faults:
        raise DefinitionErrors(faults)
    return Catalogue(
        returns=tuple(definition for _key, (definition, _file) in sorted(returns.items())),
        codelists=codelists,
        mappings={file.stem: file for file in _files(places, "mappings/*.yaml")},
        measures=tuple(_files(places, "measures.yaml")),
    )


def _files(folders: Iterable[Path], pattern: str) -> list[Path]:
    return [file for folder in folders for file in sorted(folder.glob(pattern))]


def _rules_used_twice(returns: Iterable[tuple[Definition, Path]]) -> Iterator[DefinitionError]:
    """A finding's code stands in explanations for good, so it means one thing in one return."""
    owner: dict[str, str] = {}
    for definition, file in returns:
        for rule in definition.rules:
            first = owner.setdefault(rule.code, definition.code)
            if first != definition.code:
                yield DefinitionError(
                    str(file),
                    None,
                    f"the rule code “{rule.code}” belongs to the return “{first}”. Choose another.",
                )


def _thawed(
    folders: Iterable[Path], returns: dict[tuple[str, int], tuple[Definition, Path]]
) -> Iterator[DefinitionError]:
    """A live version is frozen: its digest stands in frozen.txt and is still the digest of its text."""
    frozen = {line for folder in folders for line in _frozen(folder / FROZEN)}
    for definition, file in returns.values():
        if definition.status != "live":
            continue
        name = f"{definition.code} {definition.version}"
        if f"{name} {definition.digest}" not in frozen:
            known = any(line.startswith(f"{name} ") for line in frozen)
            cause = (
                "is live and its text was changed. Undo the change and make a new version."
                if known
                else f"is live, but {FROZEN} does not hold it. Add the line “{name} {definition.digest}”."
            )
            yield DefinitionError(str(file), None, cause)


def _frozen(file: Path) -> list[str]:
    if not file.is_file():
        return []
    lines = (line.strip() for line in file.read_text(encoding="utf-8").splitlines())
    return [line for line in lines if line and not line.startswith("#")]
