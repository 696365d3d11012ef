"""Definitions in the database: published once, changed by a new row, read as at a moment."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from hub.definitions import canonical, catalogue
from hub.definitions.folders import Catalogue
from hub.definitions.model import Definition
from hub.definitions.models import DefinitionVersion, FigureRow
from hub.errors import NotReady, UnknownDefinition

T1 = datetime(2014, 5, 1, 9, tzinfo=UTC)
LATER = T1 + timedelta(days=30)


def changed(definition: Definition, **parts: object) -> Definition:
    other = replace(definition, **parts)  # type: ignore[arg-type]
    return replace(other, digest=canonical.digest_of(canonical.as_json(other)))


def count(session: Session, model: type) -> int:
    return session.scalar(select(func.count()).select_from(model)) or 0


def test_publishing_twice_is_publishing_once(session: Session) -> None:
    shipped = catalogue.shipped()
    stored = catalogue.publish(session, shipped, now=T1)
    assert stored == len(shipped.returns) + len(shipped.codelists)
    figures = count(session, FigureRow)
    assert catalogue.publish(session, shipped, now=LATER) == 0
    assert (count(session, DefinitionVersion), count(session, FigureRow)) == (stored, figures)


def test_what_comes_out_is_what_went_in(session: Session) -> None:
    catalogue.publish(session, catalogue.shipped(), now=T1)
    for given in catalogue.shipped().returns:
        assert catalogue.definition(session, given.code) == given
        version_id = catalogue.definition_version_id(session, given)
        assert catalogue.definition_of_version(session, version_id) == given
    assert catalogue.codelists(session) == catalogue.shipped().codelists


def test_each_figure_of_each_breakdown_has_an_id(session: Session) -> None:
    catalogue.publish(session, catalogue.shipped(), now=T1)
    ids = catalogue.figure_ids(session, "referrals")
    assert sorted(ids) == [
        (name, "referrals_made")
        for name in ("area", "category", "residence", "setting", "setting_site", "total")
    ]
    # 20 in the total, 19 by area, 3 by team, 8 by source, 1 of the unknown by area, 6 by agency, 1 by agency and area, 3 by risk level, 1 each by age band and ethnic group
    assert len(catalogue.figure_ids(session, "front-door")) == 20 + 19 + 3 + 8 + 1 + 6 + 1 + 3 + 1 + 1


def test_a_changed_draft_is_one_more_row_and_the_past_still_reads_the_first(session: Session) -> None:
    first = catalogue.shipped().latest("referrals")
    second = changed(first, title="Referrals sent")
    catalogue.publish(session, Catalogue(returns=(first,)), now=T1)
    catalogue.publish(session, Catalogue(returns=(second,)), now=LATER)
    assert catalogue.definition(session, "referrals") == second
    assert catalogue.definition(session, "referrals", as_at=T1 + timedelta(days=1)) == first
    # before it was first known, the first is what there is
    assert catalogue.definition(session, "referrals", as_at=T1 - timedelta(days=1)) == first
    with pytest.raises(NotReady, match="had this text before"):
        catalogue.publish(session, Catalogue(returns=(first,)), now=LATER)


def test_a_live_version_cannot_change(session: Session) -> None:
    live = changed(catalogue.shipped().latest("referrals"), status="live")
    catalogue.publish(session, Catalogue(returns=(live,)), now=T1)
    with pytest.raises(NotReady, match="is live and cannot change"):
        catalogue.publish(session, Catalogue(returns=(changed(live, title="Other"),)), now=LATER)
    catalogue.publish(session, Catalogue(returns=(changed(live, title="Other", version=2),)), now=LATER)
    assert catalogue.definition(session, "referrals").version == 2
    assert catalogue.definition(session, "referrals", version=1) == live


def test_a_draft_of_the_next_version_does_not_replace_the_live_one(session: Session) -> None:
    live = changed(catalogue.shipped().latest("referrals"), status="live")
    draft = changed(live, status="draft", version=2)
    catalogue.publish(session, Catalogue(returns=(live, draft)), now=T1)
    assert catalogue.definition(session, "referrals") == live
    assert catalogue.definition(session, "referrals", drafts=True) == draft
    assert catalogue.definition(session, "referrals", version=2) == draft


def test_drafts_serve_illustrative_partnerships_only() -> None:
    draft = catalogue.shipped().latest("referrals")
    assert catalogue.serves(draft, illustrative=True)
    assert not catalogue.serves(draft, illustrative=False)
    assert catalogue.serves(changed(draft, status="live"), illustrative=False)
    assert catalogue.serves(catalogue.shipped().latest("dfe-referrals"), illustrative=False)


def test_unknown_names_are_said_to_be_unknown(session: Session) -> None:
    with pytest.raises(UnknownDefinition, match="There is no return “visits”"):
        catalogue.definition(session, "visits")
    with pytest.raises(UnknownDefinition, match="There is no code list “wards”"):
        catalogue.codelist(session, "wards")
    with pytest.raises(UnknownDefinition, match="is not published here"):
        catalogue.definition_version_id(session, catalogue.shipped().latest("referrals"))


def test_a_figure_keeps_its_unit(session: Session) -> None:
    first = catalogue.shipped().latest("referrals")
    pounds = changed(first, figures=(replace(first.figures[0], unit="pounds"),))
    catalogue.publish(session, Catalogue(returns=(first,)), now=T1)
    with pytest.raises(NotReady, match="was in count before and is in pounds now"):
        catalogue.publish(session, Catalogue(returns=(pounds,)), now=LATER)


def test_what_a_deployment_changed_stays_changed(session: Session) -> None:
    first = catalogue.shipped().latest("referrals")
    catalogue.publish_shipped(session, now=T1)
    own = changed(first, title="Referrals sent")
    catalogue.publish(session, Catalogue(returns=(own,)), now=LATER)
    assert catalogue.publish_shipped(session, now=LATER) == 0
    assert catalogue.definition(session, "referrals") == own
