"""Agreements from YAML: refused with file and line, exported without loss, frozen once signed."""

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from hub import clock
from hub.agreements import kinds
from hub.agreements.load import read_agreement, read_agreements
from hub.agreements.models import AgreementVersion
from hub.agreements.versions import (
    NotKnownYet,
    agreement_as_at,
    agreements_as_at,
    exported,
    store_agreement,
)
from hub.config import shipped
from hub.errors import DefinitionErrors
from hub.partners.models import Agency, Partnership

FOLDER = shipped("agreements")
SHIPPED = FOLDER / "birmingham-nhs-2015-16" / "v1.yaml"
EVERY = sorted(FOLDER.glob("*/v*.yaml"))


def changed(tmp_path: Path, *changes: tuple[str, str], of: Path = SHIPPED) -> Path:
    text = of.read_text(encoding="utf-8")
    for old, new in changes:
        assert old in text
        text = text.replace(old, new, 1)
    file = tmp_path / "v1.yaml"
    file.write_text(text, encoding="utf-8")
    return file


def test_the_shipped_agreements_promise_in_every_kind_and_say_that_they_are_invented() -> None:
    agreements = read_agreements(EVERY)
    used = {commitment.kind for agreement in agreements for commitment in agreement.commitments}
    assert used == set(kinds.known())
    assert len(read_agreement(SHIPPED).commitments) >= 16
    assert {commitment.kind for commitment in read_agreement(SHIPPED).commitments} == set(kinds.known())
    assert "X24" in read_agreement(SHIPPED).party_codes
    assert all("illustration" in agreement.title for agreement in agreements)
    plan = read_agreement(FOLDER / "birmingham-improvement-plan-2014-17" / "v1.yaml")
    assert all(commitment.source for commitment in plan.commitments)
    assert {commitment.status for commitment in plan.commitments} == {"firm", "outline"}


def test_the_template_is_an_agreement_that_nobody_loads_by_accident() -> None:
    assert read_agreement(FOLDER / "template.yml").status == "draft"
    assert not list(FOLDER.glob("template*.yaml"))


SCRIPT = "text: Each NHS provider reports"


@pytest.mark.parametrize(
    ("old", "new", "cause"),
    [
        ("kind: submission", "kind: submision", "not a kind of commitment"),
        ("target: 91.6", "target: many", "target"),
        ("by: 2015-06-30", "by: soon", "by"),
        ("by: 2015-06-30", "by: 2014-06-30", "outside the time"),
        ("promisor: [RYW]", "promisor: [RZZ]", "not a party"),
        ("promisor: [RYW]", "promisor: RYW", "Not a valid list"),
        ("promisor: [RYW]", "promisor: []", "promisor"),
        ("promisor: [RYW]", "promisor: [RYW, RYW]", "named twice"),
        ('clause: "4.6"', 'clause: "9.9"', "no clause"),
        ("  - id: C2", "  - id: C1", "given twice"),
        ('number: "4.2"', 'number: "4.1"', "given twice"),
        ("until: 2016-03-31}", "until: 2014-03-31}", "ends before it begins"),
        ("    from: 2016-01", "    from: 2018-01", "outside"),
        ("    from: 2016-01", "    from: yesterday", "Not a valid date or period"),
        ("direction: at_most", "direction: sideways", "direction"),
        ("commitment: C3, agency", "commitment: C33, agency", "no commitment"),
        ("line: {partner: health}", "line: {colour: health}", "no breakdown “colour”"),
        ("measure: RF06\n", "measure: RF02\n    line: {age_band: under-1}\n", "“age_band” is personal"),
        ("version: 1", "version: one", "version"),
        ("version: 1", "version: 2", "why the earlier one was changed"),
        ("signed_on: 2015-03-27\n", "", "does not say when"),
        ("status: signed", "status: signed\nstatus: draft", "given twice"),
        ("measure: RF06", "measure: RF66", "no measure “RF66”"),
        ("return: referrals", "return: referals", "no return “referals”"),
        ("share: 55}", "share: 54}", "make 99%, not 100%"),
        ("share: 55}", "share: 55.01}", "make 100.01%, not 100%"),
        ("amount: 264000.00", "amount: 264000.005", "more than two decimals"),
        ("amount: 264000.00", "amount: lots", "amount"),
        ("share: 40, from: 2015-07-01", "share: 40, from: 2016-07-01", "out of order"),
        ("service: mash-health-team\n", "service: mash-team\n", "no service “mash-team”"),
        ("host: \"330\", providers: [RYW], basis: section-256", "host: RZZ, providers: [RYW], basis: own", "not a party"),
        ("trajectory: {2015-06: 70, 2015-09: 80", "trajectory: {2015-09: 70, 2015-06: 80", "not in order"),
        ("weights: [6.8, 9.2,", "weights: [9.2,", "11 weights; the promise has 12 periods"),
        ("    profile: seasonal\n", "", "a linear one none"),
        ("commitment: C5}", "commitment: C5, agreement: birmingham-nhs-2015-16}", "given twice"),
        ("agreement: birmingham-nhs-2014-15, commitment: C5", "agreement: birmingham-nhs-2015-16, commitment: C5", "in a circle"),
        ("signatories: [{post: Regional Director}]", "signatories: []", "X24 has no signatory"),
        (SCRIPT, "text: <script>alert(1)</script> Each NHS provider reports", "markup or script"),
        (SCRIPT, 'text: see JavaScript:alert(1) Each NHS provider reports', "markup or script"),
        ("    baseline: {value: 12, period: FY2014-15, source: Front-door returns of 2014-15}\n", "", "give a baseline"),
        ("better: lower\n    target: 10", "better: lower\n    target: 13", "no better than the baseline"),
        ("    group: memorandum-leads\n    meetings: 10", "    group: memorandum-leads\n    meetings: often", "meetings"),
        ("status: signed", "status: &a signed", "anchors"),
        ("title: Memorandum", "title: !!python/object:os.system Memorandum", "tags"),
        ('confirmed_at: "2015-07-02', 'confirmed_at: "2015-05-02', "confirmed before it is written"),
    ],
)  # fmt: skip
def test_a_wrong_agreement_is_refused_with_file_and_line(
    tmp_path: Path, old: str, new: str, cause: str
) -> None:
    with pytest.raises(DefinitionErrors) as refusal:
        read_agreement(changed(tmp_path, (old, new)))
    assert cause in str(refusal.value)
    assert all(fault.line and fault.file.endswith("v1.yaml") for fault in refusal.value.errors)


def test_ten_megabytes_are_refused_before_they_are_read(tmp_path: Path) -> None:
    file = tmp_path / "v1.yaml"
    file.write_text(SHIPPED.read_text(encoding="utf-8") + "#" * 10_000_000, encoding="utf-8")
    with pytest.raises(DefinitionErrors, match="at most 1,000,000"):
        read_agreement(file)


def test_predecessors_in_a_circle_over_two_files_are_refused(tmp_path: Path) -> None:
    before = FOLDER / "birmingham-nhs-2014-15" / "v1.yaml"
    carried_on = "    return: referrals\n    target: 66.6\n"
    back = "    replaces: {agreement: birmingham-nhs-2015-16, commitment: C1}\n"
    with pytest.raises(
        DefinitionErrors, match=r"“C1” of birmingham-nhs-201\d-1\d replaces itself in a circle"
    ):
        read_agreements([SHIPPED, changed(tmp_path, (carried_on, back + carried_on), of=before)])


@pytest.fixture
def partnership(session: Session) -> Partnership:
    made = Partnership(code="birmingham-example", name="Example")
    codes = {code for agreement in read_agreements(EVERY) for code in agreement.party_codes}
    session.add_all([made, *(Agency(code=code, kind="nhs_trust", name=code) for code in sorted(codes))])
    session.flush()
    return made


def test_import_and_export_lose_nothing(session: Session, partnership: Partnership, tmp_path: Path) -> None:
    for path in EVERY:
        read = read_agreement(path)
        store_agreement(session, path)
        out = tmp_path / "out.yaml"
        out.write_text(exported(session, partnership.id, read.code), encoding="utf-8")
        assert read_agreement(out) == read


def test_a_signed_version_is_frozen(session: Session, partnership: Partnership, tmp_path: Path) -> None:
    first = store_agreement(session, SHIPPED)
    assert first.is_new and store_agreement(session, SHIPPED).version.id == first.version.id
    with pytest.raises(DefinitionErrors, match="signed and cannot change"):
        store_agreement(session, changed(tmp_path, ("target: 91.6", "target: 50")))
    # What is reported later does not change the text that was signed.
    reported = changed(tmp_path, ("evidence: Method note 1.0,", "evidence: Method note 1.1,"))
    assert not store_agreement(session, reported).is_new


def test_a_single_schools_figures_are_nothing_to_promise(
    session: Session, partnership: Partnership, tmp_path: Path
) -> None:
    schools = FOLDER / "birmingham-police-schools-2015-16" / "v1.yaml"
    session.query(Agency).filter_by(code="990005").one().kind = "school"
    assert store_agreement(session, schools).is_new  # its returns are
    figures = (
        "    kind: level\n    measure: RF01\n    of: party\n    direction: at_least\n    judged: whole\n"
    )
    path = changed(tmp_path, ("990014\"]\n    promisee: [\"330\"]\n    kind: submission\n    return: referrals\n", f"990014\"]\n    promisee: [\"330\"]\n{figures}"), ("version: 1", "version: 2\nvaries: A test."), of=schools)  # fmt: skip
    with pytest.raises(DefinitionErrors, match="a single school"):
        store_agreement(session, path)


def test_what_cannot_be_kept_leaves_nothing_behind(
    session: Session, partnership: Partnership, tmp_path: Path
) -> None:
    unknown = changed(tmp_path, ("agency: RXK, sign", "agency: RZZ, sign"), ("RYW, RXT, RXK, RYA]", "RYW]"),
                      ("RYW, RXT, RXK, RYA]", "RYW]"), ("RYW, RXT, RXK, RYA]", "RYW]"), ("RYW, RXT, RXK, RYA]", "RYW]"))  # fmt: skip
    with pytest.raises(DefinitionErrors, match="no agency “RZZ” here"):
        store_agreement(session, unknown)
    assert session.scalar(select(func.count()).select_from(AgreementVersion)) == 0


def test_a_draft_may_be_kept_again_and_again(
    session: Session, partnership: Partnership, tmp_path: Path
) -> None:
    start = datetime(2015, 1, 5, 9, tzinfo=UTC)
    draft = ("status: signed\n", "status: draft\n"), ("signed_on: 2015-03-27\n", "")
    targets = (70, 75, 70)  # back to the first again
    for day, target in enumerate(targets):
        path = changed(tmp_path, *draft, ("target: 80\n", f"target: {target}\n"))
        assert store_agreement(session, path, now=start + timedelta(days=day)).is_new
    for day, target in enumerate(targets):
        held = agreement_as_at(session, partnership.id, "birmingham-nhs-2015-16", start + timedelta(days=day))
        assert (held.commitment("C6").terms["target"], held.is_shadow) == (target, True)


def test_a_variation_holds_from_its_day(session: Session, partnership: Partnership, tmp_path: Path) -> None:
    signed = datetime(2015, 9, 28, 12, tzinfo=UTC)
    store_agreement(session, SHIPPED, now=datetime(2015, 3, 27, tzinfo=UTC))
    store_agreement(session, SHIPPED.with_name("v2.yaml"), now=signed)
    draft = (
        ("version: 2", "version: 3"),
        ("status: signed\n", "status: draft\n"),
        ("signed_on: 2015-09-28\n", ""),
    )
    store_agreement(session, changed(tmp_path, *draft, of=SHIPPED.with_name("v2.yaml")), now=signed)

    def held(day: str) -> int:
        moment = clock.parse_moment(day)
        return agreement_as_at(session, partnership.id, "birmingham-nhs-2015-16", moment).version

    # Recorded on 27 March for 1 April. Signed on 28 September, in effect from 1 October; what is drafted beside it changes
    # nothing.
    assert [held(day) for day in ("2015-03-27", "2015-09-27", "2015-09-30", "2015-10-01")] == [1, 1, 1, 2]
    # When it was known and from when it holds are two clocks: before it was recorded there was nothing to read.
    with pytest.raises(
        NotKnownYet, match=r"not known here on 26 March 2015\. It was first recorded on 27 March 2015"
    ):
        held("2015-03-26")
    assert [one.version for one in agreements_as_at(session, partnership.id, signed)] == [1]


def test_the_document_in_the_database_is_plain_json(session: Session, partnership: Partnership) -> None:
    stored = store_agreement(session, SHIPPED).version
    assert json.loads(stored.document)["agreement"] == "birmingham-nhs-2015-16"
