"""What `schemas` folders hold, read together: what one file cannot see of another is judged here."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path

from hub.definitions.load import read_codelist, read_return, standard_history
from hub.definitions.model import CodeList, Definition
from hub.errors import DefinitionError, DefinitionErrors, UnknownDefinition

FROZEN = "frozen.txt"


@dataclass(frozen=True, eq=False)  # told apart by which it is: read once, it serves for many questions
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
    read = read_files(_files(places, "codelists/*.yaml"), _files(places, "*/v*.yaml"))
    thawed = list(_thawed(places, read))
    if thawed:
        raise DefinitionErrors(thawed)
    return replace(
        read,
        mappings={file.stem: file for file in _files(places, "mappings/*.yaml")},
        measures=tuple(_files(places, "measures.yaml")),
    )


def read_files(
    codelists: Iterable[Path], returns: Iterable[Path], *, beside: Catalogue | None = None
) -> Catalogue:
    """Code lists and returns of some files, which may rely on those `beside` them and not repeat them otherwise.

    Errors: DefinitionErrors with everything that is wrong in any file.
    """
    around = beside or Catalogue()
    faults: list[DefinitionError] = []
    lists: dict[str, CodeList] = {}
    named: set[str] = set()
    for file in codelists:
        named.add(file.stem)
        try:
            codelist = read_codelist(file)
        except DefinitionErrors as error:
            faults += error.errors
            continue
        if codelist.code in lists:
            faults.append(
                DefinitionError(
                    str(file), None, f"there is a code list “{codelist.code}” already. Choose another name."
                )
            )
        lists[codelist.code] = codelist
    made: dict[tuple[str, int], tuple[Definition, Path]] = {}
    for file in returns:
        try:
            definition = read_return(file, lists={*around.codelists, *lists, *named})
        except DefinitionErrors as error:
            faults += error.errors
            continue
        if (definition.code, definition.version) in made:
            faults.append(
                DefinitionError(
                    str(file),
                    None,
                    f"there is a version {definition.version} of “{definition.code}” already.",
                )
            )
        made[definition.code, definition.version] = (definition, file)
    faults += _rules_used_twice(made.values(), around)
    faults += _not_in_lists(made.values(), {**around.codelists, **lists})
    if faults:
        raise DefinitionErrors(faults)
    return Catalogue(
        returns=tuple(definition for _key, (definition, _file) in sorted(made.items())), codelists=lists
    )


def _files(folders: Iterable[Path], pattern: str) -> list[Path]:
    return [file for folder in folders for file in sorted(folder.glob(pattern))]


def _rules_used_twice(
    returns: Iterable[tuple[Definition, Path]], around: Catalogue
) -> Iterator[DefinitionError]:
    """A finding's code stands in explanations for good, so it belongs to one return."""
    owner = {code: definition.code for definition in around.returns for code in _codes(definition)}
    for definition, file in returns:
        for code in _codes(definition):
            first = owner.setdefault(code, definition.code)
            if first != definition.code:
                yield DefinitionError(
                    str(file),
                    None,
                    f"the rule code “{code}” belongs to the return “{first}”. Choose another.",
                )


def _not_in_lists(
    returns: Iterable[tuple[Definition, Path]], lists: dict[str, CodeList]
) -> Iterator[DefinitionError]:
    """A table that lies in some lines of another names lines that there are."""
    for definition, file in returns:
        for table in definition.breakdowns:
            other = lists.get(definition.breakdown(table.within).list) if table.within else None
            known = {item.code for item in other.items} if other else set(table.in_lines)
            for code in sorted(set(table.in_lines) - known):
                yield DefinitionError(
                    str(file), None, f"“{table.name}” lies in “{code}”, which is no line of “{table.within}”."
                )


def _codes(definition: Definition) -> Iterator[str]:
    """The codes of its own rules; the standard history rules belong to every return."""
    standard = {rule.code for rule in standard_history()}
    yield from (rule.code for rule in definition.rules)
    yield from (rule.code for rule in definition.history if rule.code not in standard)


def _thawed(folders: Iterable[Path], read: Catalogue) -> Iterator[DefinitionError]:
    """A live version is frozen: its digest stands in frozen.txt and is still the digest of its text."""
    frozen = {line for folder in folders for line in _frozen(folder / FROZEN)}
    for definition in read.returns:
        name = f"{definition.code} {definition.version}"
        if definition.status != "live" or f"{name} {definition.digest}" in frozen:
            continue
        known = any(line.startswith(f"{name} ") for line in frozen)
        cause = (
            "is live and its text was changed. Undo the change and make a new version."
            if known
            else f"is live, but {FROZEN} does not hold it. Add the line “{name} {definition.digest}”."
        )
        yield DefinitionError(f"{definition.code}/v{definition.version}.yaml", None, cause)


def _frozen(file: Path) -> list[str]:
    if not file.is_file():
        return []
    lines = (line.strip() for line in file.read_text(encoding="utf-8").splitlines())
    return [line for line in lines if line and not line.startswith("#")]
