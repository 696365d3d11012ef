"""What the records system of a trust exports: one line a month, a column for each number, its own words for all of it."""

from __future__ import annotations

from pathlib import Path

from sqlalchemy import Engine

from hub import db
from hub.clock import real_now
from hub.definitions import catalogue, mapping_model, mappings

MAPPING = """
mapping: trust-system
version: 1
title: The trust’s records system, report 12
return: referrals
about: Report 12 of the records system.
agency:
  - {code: RXT}
period: {column: Month, kind: month}
symbols: {n/k: missing}
leave_out:
  - where: {Status: [Practice]}
    reason: rows of the practice system
rows:
  - {figures: {referrals_made: All sent}}
  - {breakdown: setting, code: maternity, figures: {referrals_made: Midwives}}
  - {breakdown: category, code: neglect, figures: {referrals_made: Neglect}}
"""

EXPORT = """Report 12,,,,,
Status,Month,All sent,Midwives,Neglect,Printed by
Live,Mar-15,12,12,12,system
Practice,Mar-15,99,99,99,system
Live,Apr-15,7,7,7,system
,,,,,
"""


def make_known(engine: Engine, folder: Path, text: str = MAPPING) -> None:
    """As `hub load` of a mapping's file does."""
    file = folder / "trust-system.yaml"
    file.write_text(text, encoding="utf-8")
    shipped = catalogue.shipped()
    mapping = mappings.read_mapping(file, shipped.returns, shipped.codelists)
    with db.transaction(engine) as session:
        document = mapping_model.as_json(mapping)
        catalogue.store(session, "mapping", mapping.code, 1, "draft", document, now=real_now())
