"""Agreements from YAML, with file and line in every complaint. Nothing here reads or writes a database."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cache, lru_cache
from pathlib import Path
from typing import Any

from marshmallow import ValidationError

from hub import document
from hub.agreements import consistency
from hub.agreements.model import (
    STANDING,
    Activity,
    Agreement,
    Baseline,
    Clause,
    Commitment,
    Contribution,
    Coordinator,
    Escalation,
    Governance,
    MeetingSaid,
    MilestoneSaid,
    Party,
    Predecessor,
    Service,
    Signatory,
    Step,
    Thresholds,
    Waiting,
)
from hub.agreements.money_budget import budget_item
from hub.agreements.schema import COMMON, AgreementSchema
from hub.config import shipped
from hub.definitions.catalogue import shipped as shipped_definitions
from hub.document import Document
from hub.errors import DefinitionErrors
from hub.measures.load import read_measures
from hub.measures.model import Measure

Measures = Mapping[str, Measure]


def read_agreement(path: Path, *, measures: Measures | None = None) -> Agreement:
    """One agreement from its file, judged by the measures given, else the shipped ones. Raises DefinitionErrors with every fault."""
    return checked(document.read(path), measures if measures is not None else shipped_measures())


def read_agreements(paths: Sequence[Path], *, measures: Measures | None = None) -> list[Agreement]:
    """Several files as one: a promise may carry on one of another file, but never in a circle."""
    read = [document.read(path) for path in paths]
    known = measures if measures is not None else shipped_measures()
    found: list[Agreement] = []
    faults = []
    for one in read:
        try:
            found.append(checked(one, known))
        except DefinitionErrors as error:
            faults += error.errors
    if not faults:
        faults = consistency.circles(zip(found, read, strict=True))
    if faults:
        raise DefinitionErrors(faults)
    return found


def checked(read: Document, measures: Measures) -> Agreement:
    """The agreement that a document says. Raises DefinitionErrors with every fault that can be seen in it alone."""
    if not isinstance(read.data, dict):
        raise DefinitionErrors([read.fault((), "is not an agreement: it has no “agreement:” line.")])
    markup = consistency.markup(read)
    if markup:
        raise DefinitionErrors(markup)
    try:
        made = from_document(read.data)
    except ValidationError as error:
        raise DefinitionErrors(document.faults(read, error.messages_dict)) from error
    faults = [read.fault(place, cause) for place, cause in consistency.faults(made, measures)]
    if faults:
        raise DefinitionErrors(faults)
    return made


@lru_cache(maxsize=1)
def shipped_measures() -> dict[str, Measure]:
    """The measures that came with the hub, and the deployment's own beside them."""
    files = [shipped("schemas") / "measures.yaml", *shipped_definitions().measures]
    return {measure.id: measure for file in dict.fromkeys(files) for measure in read_measures(file)}


@cache
def _schema() -> AgreementSchema:
    return AgreementSchema()  # making one costs as much as reading with it


def from_document(data: Mapping[str, Any]) -> Agreement:
    """The agreement from its plain form. Raises marshmallow's ValidationError."""
    loaded: dict[str, Any] = _schema().load(data)
    term = loaded.pop("term")
    raw = data["commitments"]
    return Agreement(
        begins_on=term["begins_on"],
        ends_on=term["ends_on"] or STANDING,
        parties=tuple(_party(party) for party in loaded.pop("parties")),
        clauses=tuple(Clause(**clause) for clause in loaded.pop("clauses")),
        commitments=tuple(
            _commitment(one, given) for one, given in zip(loaded.pop("commitments"), raw, strict=True)
        ),
        coordinator=_made(Coordinator, loaded.pop("coordinator")),
        governance=_governance(loaded.pop("governance")),
        thresholds=_made(Thresholds, loaded.pop("thresholds")) or Thresholds(),
        services=tuple(_service(service) for service in loaded.pop("services")),
        contributions=tuple(Contribution(**each) for each in loaded.pop("contributions")),
        budget=tuple(budget_item(each) for each in loaded.pop("budget")),
        milestones=tuple(MilestoneSaid(**said) for said in loaded.pop("milestones")),
        meetings=tuple(MeetingSaid(**_frozen(said)) for said in loaded.pop("meetings")),
        **loaded,
    )


def _made(kind: type[Any], given: dict[str, Any] | None) -> Any:
    return None if given is None else kind(**given)


def _frozen(loaded: dict[str, Any]) -> dict[str, Any]:
    return {name: tuple(value) if isinstance(value, list) else value for name, value in loaded.items()}


def _party(loaded: dict[str, Any]) -> Party:
    signatories = tuple(Signatory(**each) for each in loaded["signatories"])
    return Party(loaded["agency"], signatories, loaded.get("signed_on"))


def _commitment(loaded: dict[str, Any], raw: dict[str, Any]) -> Commitment:
    loaded = _frozen(loaded)
    return Commitment(
        terms={key: value for key, value in raw.items() if key not in COMMON},
        baseline=_made(Baseline, loaded.pop("baseline")),
        replaces=_made(Predecessor, loaded.pop("replaces")),
        trajectory=tuple(loaded.pop("trajectory").items()),
        **loaded,
    )


def _service(loaded: dict[str, Any]) -> Service:
    loaded = _frozen(loaded)
    return Service(
        activity=_made(Activity, loaded.pop("activity")),
        waiting=_made(Waiting, loaded.pop("waiting")),
        **loaded,
    )


def _governance(loaded: dict[str, Any] | None) -> Governance:
    if loaded is None:
        return Governance()
    told = loaded.pop("escalation")
    if told is None:
        return Governance(**loaded)
    steps = told.pop("steps")
    escalation = (
        Escalation(**told) if steps is None else Escalation(steps=tuple(Step(**s) for s in steps), **told)
    )
    return Governance(escalation=escalation, **loaded)
