"""The headings that a mapping looks for in a file: columns by their names, and every period where periods run across."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
import numpy.typing as npt

from hub.definitions.mapping_model import ColumnMapping
from hub.intake.headings import plain
from hub.intake.mapped_texts import Source, Texts
from hub.intake.years import period_code
from hub.periods import Kind


@lru_cache(maxsize=4096)
def period_in_heading(heading: str, kind: Kind) -> str | None:
    """The period that a heading in comparable form names: `apr_15`, `2015_04`, `04_2015`."""
    spellings = (heading.replace("_", joint) for joint in ("-", "/", " "))
    return next((code for text in spellings if (code := period_code(text, kind)) is not None), None)


class KnownColumns(Mapping[str, str]):
    """Comparable heading → itself, for what the mapping reads. Periods across the headings are known, not counted."""

    def __init__(self, mapping: ColumnMapping) -> None:
        self.named = {plain(column): plain(column) for column in mapping.columns}
        self._kind = mapping.period.kind if mapping.period.across is not None else None

    def __getitem__(self, heading: str) -> str:
        if heading in self.named or self.period(heading) is not None:
            return heading
        raise KeyError(heading)

    def __iter__(self) -> Iterator[str]:
        return iter(self.named)

    def __len__(self) -> int:
        return len(self.named)

    def period(self, heading: str) -> str | None:
        """The period of a column that is headed by one."""
        if self._kind is None or heading in self.named:
            return None
        return period_in_heading(heading, self._kind)


@dataclass(frozen=True)
class Turned:
    """A table whose columns of periods have become rows: `heading` and `period` say which column each row came from."""

    source: Source
    row_no: npt.NDArray[np.int64]
    heading: Texts
    period: Texts
    blank: int  # columns without a single figure, which were passed over


def turned(source: Source, row_no: npt.NDArray[np.int64], known: KnownColumns, across: str) -> Turned:
    """Each row once for each column of a period that holds anything; its cell stands in a column named `across`."""
    periods = {name: code for name in source if (code := known.period(name)) is not None}
    filled = [name for name in periods if (source[name] != "").any()]
    used = filled or list(periods)[:1]
    count = len(row_no)
    cells = {name: np.tile(texts, len(used)) for name, texts in source.items() if name not in periods}
    cells[plain(across)] = np.concatenate([source[name] for name in used])
    return Turned(
        cells,
        np.tile(row_no, len(used)),
        np.repeat(np.array(used, dtype=object), count),
        np.repeat(np.array([periods[name] for name in used], dtype=object), count),
        len(periods) - len(used),
    )
