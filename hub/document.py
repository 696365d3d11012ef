"""A YAML file as plain data that remembers on which line each part of it stands.

Stricter than YAML: keys are texts and may not repeat, anchors and tags are refused, `yes`, `no`, dates and times
stay texts, and a file has a size that a person could have written.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import yaml

from hub.errors import DefinitionError, DefinitionErrors

LARGEST = 1_000_000  # bytes; the longest definition is a fiftieth of it
DEEPEST = 20

Place = tuple[str | int, ...]  # ("rules", 2, "why"): the way to a part of the document

_INTEGER = re.compile(r"[-+]?(0|[1-9][0-9]*)")
_DECIMAL = re.compile(r"[-+]?(0|[1-9][0-9]*)\.[0-9]+(e[-+][0-9]+)?")  # as a writer of YAML puts them
_WORDS: dict[str, Any] = {"true": True, "false": False, "null": None, "~": None, "": None}


@dataclass(frozen=True)
class Document:
    file: str
    data: Any
    lines: dict[Place, int] = field(default_factory=dict)

    def fault(self, place: Place, cause: str) -> DefinitionError:
        """An error at a place, or at the nearest thing around it that the file holds."""
        while place and place not in self.lines:
            place = place[:-1]
        return DefinitionError(self.file, self.lines.get(place, 1), cause)


def read(path: Path) -> Document:
    """Read one file. Raises DefinitionErrors with file and line."""
    file = str(path)
    try:
        size = path.stat().st_size
        if size > LARGEST:
            raise DefinitionErrors(
                [
                    DefinitionError(
                        file,
                        None,
                        f"has {size:,} bytes; a definition has at most {LARGEST:,}. Is it the right file?",
                    )
                ]
            )
        text = path.read_bytes().decode("utf-8-sig")
    except OSError as error:
        raise DefinitionErrors([DefinitionError(file, None, f"cannot be read: {error.strerror}")]) from error
    except UnicodeDecodeError as error:
        line = path.read_bytes()[: error.start].count(b"\n") + 1
        raise DefinitionErrors(
            [DefinitionError(file, line, "is not UTF-8 text. Save it as UTF-8.")]
        ) from error
    return parse(text, file)


def parse(text: str, file: str) -> Document:
    """Plain data with lines, from YAML text. Raises DefinitionErrors."""
    try:
        root = _compose(text, file)
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        cause = f"is not readable YAML: {error.problem or error.context}"
        raise DefinitionErrors([DefinitionError(file, mark.line + 1 if mark else None, cause)]) from error
    except yaml.reader.ReaderError as error:
        line = text.count("\n", 0, error.position) + 1
        raise DefinitionErrors(
            [DefinitionError(file, line, "holds a character that text may not hold.")]
        ) from error
    if root is None:
        raise DefinitionErrors([DefinitionError(file, None, "is empty.")])
    lines: dict[Place, int] = {}
    faults: list[DefinitionError] = []
    data = _plain(root, (), file=file, lines=lines, faults=faults)
    if faults:
        raise DefinitionErrors(faults)
    return Document(file, data, lines)


def _compose(text: str, file: str) -> yaml.Node | None:
    for token in yaml.scan(text, Loader=yaml.CSafeLoader):
        if isinstance(token, yaml.AnchorToken | yaml.AliasToken | yaml.TagToken):
            cause = "anchors (&), aliases (*) and tags (!) are not used in definitions. Write the text out, or put it in quotes."
            raise DefinitionErrors([DefinitionError(file, token.start_mark.line + 1, cause)])
    composed: yaml.Node | None = yaml.compose(text, Loader=yaml.CSafeLoader)
    return composed


def _plain(
    node: yaml.Node, place: Place, *, file: str, lines: dict[Place, int], faults: list[DefinitionError]
) -> Any:
    lines.setdefault(place, node.start_mark.line + 1)
    if len(place) > DEEPEST:
        faults.append(DefinitionError(file, node.start_mark.line + 1, "is nested too deeply."))
        return None
    if isinstance(node, yaml.ScalarNode):
        return _scalar(node)
    if isinstance(node, yaml.SequenceNode):
        return [
            _plain(item, (*place, number), file=file, lines=lines, faults=faults)
            for number, item in enumerate(node.value)
        ]
    plain: dict[str, Any] = {}
    for key_node, value_node in node.value:
        line = key_node.start_mark.line + 1
        if not isinstance(key_node, yaml.ScalarNode):
            faults.append(DefinitionError(file, line, "a name before a colon must be plain text."))
            continue
        key = str(key_node.value)
        if key in plain:
            faults.append(DefinitionError(file, line, f"“{key}” is given twice. Remove one of them."))
        lines[(*place, key)] = line
        plain[key] = _plain(value_node, (*place, key), file=file, lines=lines, faults=faults)
    return plain


def _scalar(node: yaml.ScalarNode) -> Any:
    text = str(node.value)
    if node.style in ("'", '"', "|", ">"):
        return text
    return _WORDS[text] if text in _WORDS else number(text)


def number(text: str) -> Any:
    """A number as a file writes it; any other text as it is."""
    if _INTEGER.fullmatch(text) and len(text) < 20:
        return int(text)
    return float(text) if _DECIMAL.fullmatch(text) else text


def faults(read: Document, messages: Any, place: Place = ()) -> list[DefinitionError]:
    """A schema's nested messages (marshmallow's `messages_dict`) as one fault a place."""
    if isinstance(messages, dict):
        return [
            fault
            for key, inner in messages.items()
            for fault in faults(read, inner, place if key == "_schema" else (*place, key))
        ]
    name = ".".join(str(step) for step in place) or "the file"
    return [read.fault(place, f"{name}: {message}") for message in messages]
