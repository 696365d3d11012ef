"""Every file in schemas/: it loads, its rules behave on their own examples, and its suite stays small."""

import json

import pytest

from hub import config
from hub.definitions import canonical, catalogue
from hub.definitions.as_expectations import as_expectations
from hub.definitions.as_schema import as_schema
from hub.definitions.examples import examples_of
from hub.definitions.load import read_return
from hub.definitions.trial import misbehaving

FILES = sorted(config.shipped("schemas").glob("*/v*.yaml"))
NAMES = [f"{file.parent.name}-{file.stem}" for file in FILES]


@pytest.mark.parametrize("file", FILES, ids=NAMES)
def test_it_loads_and_comes_back_from_json_as_it_was(file) -> None:  # type: ignore[no-untyped-def]
    definition = read_return(file)
    document = canonical.as_json(definition)
    assert canonical.definition_from_json(document) == definition
    assert canonical.canonical(json.loads(document)) == document


@pytest.mark.parametrize("file", FILES, ids=NAMES)
def test_its_examples_pass_and_fail_as_stated(file) -> None:  # type: ignore[no-untyped-def]
    definition = read_return(file)
    assert misbehaving(definition) == []
    sides = {(example.rule.code, example.side) for example in examples_of(definition)}
    assert sides == {(rule.code, side) for rule in definition.rules for side in ("passes", "fails")}


@pytest.mark.parametrize("file", FILES, ids=NAMES)
def test_its_suites_are_small_and_carry_the_rules_codes(file) -> None:  # type: ignore[no-untyped-def]
    definition = read_return(file)
    expectations = [e for suite in as_expectations(definition).values() for e in suite.expectations]
    assert len(expectations) <= 25
    declared = {rule.code for rule in definition.rules if rule.named is None}
    assert {e.meta["code"] for e in expectations} == declared


def test_the_close_of_the_year_lists_what_each_kind_of_agency_owes() -> None:
    shipped = catalogue.shipped()
    (closing,) = shipped.latest("year-close").owes
    owed = {
        (each.code, kind)
        for each in shipped.returns
        for owes in each.owes
        for kind in owes.kinds
        if not each.published and kind in closing.kinds and each.code != "year-close"
    }
    listed = shipped.codelists["yearly-returns"].items
    assert {(item.code, kind) for item in listed for kind in item.kinds} == owed


def test_the_first_returns_ask_what_they_should() -> None:
    shipped = catalogue.shipped()
    referrals, front_door = shipped.latest("referrals"), shipped.latest("front-door")
    school, trust = referrals.owes_for("school"), referrals.owes_for("nhs_trust")
    assert school and trust
    assert (school.frequency, school.grain, school.signatures, school.breakdowns) == (
        "term",
        "month",
        1,
        ("total",),
    )
    assert (trust.frequency, trust.signatures, trust.due.working_days if trust.due else None) == (
        "month",
        2,
        15,
    )
    assert not referrals.breakdown("area").required
    assert referrals.breakdown("category").personal
    council = front_door.owes_for("council")
    assert council and council.due and (council.due.working_days, council.signatures) == (10, 2)
    assert {"contacts_nfa", "referrals_nfa", "assessed_not_in_need"} <= {f.name for f in front_door.figures}
    assert not front_door.breakdown("agency").adds_up


def test_published_returns_alone_hold_hidden_counts() -> None:
    for definition in catalogue.shipped().returns:
        hidden = any("hidden" in figure.answers for figure in definition.figures)
        assert hidden <= definition.published
        assert definition.published == definition.code.startswith(("dfe-", "ons-"))


@pytest.mark.parametrize("definition", catalogue.shipped().returns, ids=NAMES)
def test_every_kind_of_agency_has_a_schema(definition) -> None:  # type: ignore[no-untyped-def]
    for owes in definition.owes:
        for kind in owes.kinds:
            assert set(owes.figures) <= set(as_schema(definition, kind=kind)().fields)
