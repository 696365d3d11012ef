"""Any agreement that can be said is written to a file and read back the same, and has the same digest again."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

from hypothesis import given, settings
from hypothesis import strategies as st

from hub import document
from hub.agreements import model
from hub.agreements.load import from_document
from hub.agreements.schema import COMMON
from hub.agreements.written import as_document, as_yaml, digest

CODES = st.from_regex(r"[A-Za-z0-9][A-Za-z0-9-]{0,9}", fullmatch=True)
# Any letter of any script, quotes, colons, dashes and line breaks: what people type.
TEXTS = st.text(
    st.characters(exclude_categories=("Cs", "Cc"), include_characters="\n\t"), min_size=1, max_size=40
)
DAYS = st.dates(date(2000, 1, 1), date(2099, 12, 31))
MOMENTS = st.datetimes(datetime(2000, 1, 1), datetime(2099, 1, 1), timezones=st.just(UTC))
NUMBERS = st.floats(allow_nan=False, allow_infinity=False)
PERIODS = st.sampled_from(["2015-04", "2016-01", "FY2015-16", "FY2015-16Q3", "AY2015-16T1"])
MONEY = st.decimals(0, 10**9, places=2)
OR_NOT = st.none


def many(of: st.SearchStrategy[object], at_least: int = 0) -> st.SearchStrategy[tuple[object, ...]]:
    return st.lists(of, min_size=at_least, max_size=2).map(tuple)


PLAIN = st.recursive(
    st.none() | st.booleans() | st.integers(-(10**9), 10**9) | NUMBERS | TEXTS,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(CODES, inner, max_size=3),
    max_leaves=3,
)
TERMS = st.dictionaries(CODES.filter(lambda key: key not in COMMON), PLAIN, max_size=4)
COMMITMENTS = st.builds(
    model.Commitment,
    id=CODES,
    clause=TEXTS,
    text=TEXTS,
    promisor=many(CODES, 1),
    kind=CODES,
    promisee=many(CODES),
    supporting=many(CODES),
    status=st.sampled_from(["firm", "outline"]),
    outline_until=OR_NOT() | DAYS,
    begins_on=OR_NOT() | DAYS,
    ends_on=OR_NOT() | DAYS,
    baseline=OR_NOT() | st.builds(model.Baseline, NUMBERS, OR_NOT() | PERIODS, OR_NOT() | TEXTS),
    trajectory=st.dictionaries(PERIODS, NUMBERS, max_size=3).map(lambda found: tuple(found.items())),
    subject_to=many(TEXTS),
    replaces=OR_NOT() | st.builds(model.Predecessor, CODES, CODES),
    source=OR_NOT() | TEXTS,
    terms=TERMS,
)
SERVICES = st.builds(
    model.Service,
    id=CODES,
    title=TEXTS,
    lead=CODES,
    host=CODES,
    providers=many(CODES, 1),
    basis=st.sampled_from(["section-75", "section-256", "aligned", "own"]),
    pooled=st.booleans(),
    begins_on=DAYS,
    ends_on=OR_NOT() | DAYS,
    activity=OR_NOT() | st.builds(model.Activity, st.integers(1, 10**6), TEXTS),
    waiting=OR_NOT() | st.builds(model.Waiting, st.integers(0, 366), st.floats(0, 100)),
    areas=many(CODES),
    risk_share=OR_NOT() | TEXTS,
)
CONTRIBUTIONS = st.builds(
    model.Contribution,
    service=CODES,
    payer=CODES,
    year=PERIODS,
    means=st.sampled_from(["money", "posts", "space"]),
    amount=OR_NOT() | MONEY,
    share=OR_NOT() | st.decimals(0, 100, places=3).map(Decimal),
    quantity=OR_NOT() | TEXTS,
    begins_on=OR_NOT() | DAYS,
    ends_on=OR_NOT() | DAYS,
    disputed=OR_NOT() | TEXTS,
    pledged=OR_NOT() | MONEY,
)
STEPS = st.builds(model.Step, TEXTS, st.integers(1, 250))
GOVERNANCE = st.builds(
    model.Governance,
    text=TEXTS,
    group=OR_NOT() | CODES,
    review=st.sampled_from(["month", "quarter", "term"]),
    escalation=st.builds(model.Escalation, st.integers(1, 9), st.integers(1, 9), many(STEPS, 1)),
)
REPORTS = st.builds(
    model.MilestoneSaid,
    CODES,
    CODES,
    DAYS,
    TEXTS,
    MOMENTS,
    OR_NOT() | MOMENTS.map(lambda at: at + timedelta(1)),
)
MEETINGS = st.builds(
    model.MeetingSaid,
    CODES,
    DAYS,
    st.integers(1, 50),
    many(CODES, 1),
    many(CODES),
    MOMENTS,
    OR_NOT() | MOMENTS,
)
SIGNATORIES = st.builds(model.Signatory, TEXTS, OR_NOT() | TEXTS)
AGREEMENTS = st.builds(
    model.Agreement,
    code=CODES,
    version=st.integers(1, 99),
    status=st.sampled_from(["draft", "signed"]),
    kind=st.sampled_from(["mou", "plan", "isa"]),
    partnership=CODES,
    title=TEXTS,
    begins_on=DAYS,
    ends_on=st.just(model.STANDING) | DAYS,
    parties=many(st.builds(model.Party, CODES, many(SIGNATORIES), OR_NOT() | DAYS)),
    clauses=many(st.builds(model.Clause, st.text("0123456789.", min_size=1, max_size=6), TEXTS, TEXTS)),
    commitments=many(COMMITMENTS),
    about=st.just("") | TEXTS,
    signed_on=OR_NOT() | DAYS,
    effective_on=OR_NOT() | DAYS,
    varies=OR_NOT() | TEXTS,
    binds=st.sampled_from(["all", "each"]),
    coordinator=OR_NOT() | st.builds(model.Coordinator, TEXTS, OR_NOT() | CODES, OR_NOT() | CODES),
    governance=GOVERNANCE,
    thresholds=st.builds(model.Thresholds, st.floats(0, 1), st.floats(1, 9)),
    services=many(SERVICES),
    contributions=many(CONTRIBUTIONS),
    milestones=many(REPORTS),
    meetings=many(MEETINGS),
)


@settings(max_examples=30)
@given(AGREEMENTS)
def test_what_is_exported_reads_back_to_the_same_agreement(agreement: model.Agreement) -> None:
    again = from_document(document.parse(as_yaml(agreement), "exported.yaml").data)
    assert again == agreement
    assert digest(again) == digest(agreement)


@settings(max_examples=20)
@given(AGREEMENTS)
def test_the_stored_form_is_the_same_again(agreement: model.Agreement) -> None:
    written = as_document(agreement)
    assert as_document(from_document(written)) == written
