"""Whether the parts of a return agree: every cause for refusing one, with its place in the file.

Takes what hub.definitions.shape found well-formed; gives (place, cause) pairs. Examples of rules are executed
elsewhere (hub.definitions.trial), since that needs Great Expectations.
"""

from __future__ import annotations

from calendar import monthrange
from collections.abc import Collection, Iterator

from hub.definitions.consistency_rules import derived_twice, faults_of_history, faults_of_rule
from hub.definitions.expressions import MELTED_COLUMNS, PARTS_COLUMNS, ROW_COLUMNS, WITHIN_COLUMNS
from hub.definitions.faults import Data, Fault, repeated, unknown
from hub.definitions.model import ANSWERS, AREAS_LIST, KEY_COLUMNS, MEMBERS_LIST, TOTAL
from hub.definitions.template_mark import TEMPLATE_COLUMN
from hub.document import Place
from hub.units import UNITS

KINDS = ("council", "nhs_trust", "nhs_commissioner", "nhs_england", "police", "school", "region", "nation")

# Columns of the rows and frames: a figure of that name could not be told from them.
RESERVED = frozenset(
    {
        *KEY_COLUMNS,
        *ROW_COLUMNS,
        *MELTED_COLUMNS,
        *PARTS_COLUMNS,
        *WITHIN_COLUMNS,
        "findings",
        TEMPLATE_COLUMN,
        "agency_kind",  # agencies put together: no return's own table
    }
)

# Which periods a row may have inside a period of collection.
GRAINS: dict[str, tuple[str, ...]] = {
    "month": ("month",),
    "quarter": ("month", "quarter"),
    "term": ("month", "term"),
    "financial_year": ("month", "quarter", "financial_year"),
    "academic_year": ("month", "term", "academic_year"),
    "mid_year": ("mid_year",),
}

# Each costs some 10 ms of every check, whatever the rows (docs/benchmarks.md).
MOST_RULES = 25

NO_LEAP_YEAR = 2015

# The largest number as people write it; a year's contract can be above ten million pounds.
LARGEST = 999_999_999

# Longer texts belong into a document of the agency's own.
LONGEST_TEXT = 500


def faults_of_return(data: Data, lists: Collection[str]) -> Iterator[Fault]:
    """Everything in which a return contradicts itself, or names what is not there. `lists` are the known code lists."""
    figures = [figure["name"] for figure in data["figures"]]
    breakdowns = [breakdown["name"] for breakdown in data["breakdowns"]]
    yield from repeated("figures", figures)
    yield from repeated("breakdowns", breakdowns)
    yield from repeated("rules", [rule["code"] for rule in data["rules"]], key="code")
    yield from _publication(data)
    for number, figure in enumerate(data["figures"]):
        yield from _figure(figure, ("figures", number), lists, published=data["published"])
    numbers = [figure["name"] for figure in data["figures"] if not UNITS[figure["unit"]].words]
    answers = {figure["name"]: figure["answers"] for figure in data["figures"]}
    yield from _breakdowns(data["breakdowns"], figures, numbers, lists)
    yield from _not_held(data["breakdowns"], answers)
    yield from _owing(data, figures, breakdowns)
    for number, rule in enumerate(data["rules"]):
        yield from faults_of_rule(rule, ("rules", number), numbers, breakdowns)
    yield from derived_twice(data["rules"])
    yield from faults_of_history(data["history"], figures, breakdowns)
    if data["published"] and data["history"]:
        yield ("history",), "nobody sends a published return, so it has no history rules. Remove them."
    if len(data["rules"]) > MOST_RULES:
        yield (
            ("rules", MOST_RULES),
            f"has {len(data['rules'])} rules; each slows every check, so {MOST_RULES} are the most.",
        )


def _publication(data: Data) -> Iterator[Fault]:
    if data["published"] and not data["publisher"]:
        yield ("published",), "a published return names its publisher. Add “publisher: …”."
    if data["publisher"] and not data["published"]:
        yield ("publisher",), "only a published return has a publisher. Add “published: true”, or remove it."


def _in_words(figure: Data, place: Place, lists: Collection[str]) -> Iterator[Fault]:
    """Words have no answers and no examples of counting; a code has a list."""
    name = figure["name"]
    if figure["answers"] or figure["minimum"]:
        yield (*place, "answers"), f"{name}: words have no other answers and no minimum. Leave them out."
    if figure["unit"] == "text" and figure["maximum"] > LONGEST_TEXT:
        yield (*place, "maximum"), f"{name}: say how long the text may be, at most {LONGEST_TEXT} characters."
    if (figure["unit"] == "code") != bool(figure["list"]) or figure["list"] not in {"", *lists}:
        yield (
            (*place, "list"),
            f"{name}: a code has a code list, and nothing else has. There are: {', '.join(sorted(lists))}.",
        )


def _figure(figure: Data, place: Place, lists: Collection[str], *, published: bool) -> Iterator[Fault]:
    if UNITS[figure["unit"]].words:
        yield from _in_words(figure, place, lists)
        return
    name = figure["name"]
    if figure["list"]:
        yield (*place, "list"), f"{name}: only a code has a list."
    if name in RESERVED:
        yield (*place, "name"), f"“{name}” is the name of a column that every return has. Choose another."
    largest = LARGEST * UNITS[figure["unit"]].per_unit
    if not 0 <= figure["minimum"] <= figure["maximum"] <= largest:
        yield (
            (*place, "maximum"),
            f"{name}: minimum and maximum must lie between 0 and {largest}, the minimum first.",
        )
    for number, answer in enumerate(figure["answers"]):
        if answer not in ANSWERS.values():
            yield (
                (*place, "answers", number),
                f"“{answer}” is not an answer. Use: {', '.join(sorted(ANSWERS.values()))}.",
            )
        elif answer == "hidden" and not published:
            yield (
                (*place, "answers", number),
                f"{name}: only a published return may hold hidden counts; agencies send true ones.",
            )
    for part, words in (("counted", "counted"), ("not_counted", "not counted")):
        if len(figure[part]) < 3:
            yield (
                (*place, part),
                f"{name}: give three examples of what is {words}; there are {len(figure[part])}.",
            )


def _breakdowns(
    breakdowns: list[Data], figures: list[str], numbers: list[str], lists: Collection[str]
) -> Iterator[Fault]:
    total = breakdowns[0]
    alone = {name for part in breakdowns[1:] if not part["adds_up"] for name in part["figures"]}
    alone -= {name for part in breakdowns[1:] if part["adds_up"] for name in part["figures"]}
    if total["name"] != TOTAL or total["list"]:
        yield ("breakdowns", 0, "name"), f"the first breakdown must be “{TOTAL}”, without a list."
    elif not set(numbers) - alone <= set(total["figures"]):
        yield (
            ("breakdowns", 0, "figures"),
            "the total must hold every figure of the return but words and what only tables that do not add up have.",
        )
    for number, breakdown in enumerate(breakdowns):
        place: Place = ("breakdowns", number)
        yield from unknown(breakdown["figures"], figures, (*place, "figures"), "figure")
        if number and breakdown["name"] in RESERVED - {"agency"}:
            yield (
                (*place, "name"),
                f"“{breakdown['name']}” is the name of a column that every return has. Choose another.",
            )
        yield from _register(breakdown, place, lists)
        yield from _lying_within(breakdown, place, breakdowns)
        if number and not breakdown["key"] and breakdown["list"] not in {*lists, AREAS_LIST, MEMBERS_LIST}:
            known = ", ".join(sorted({*lists, AREAS_LIST, MEMBERS_LIST}))
            yield (*place, "list"), f"“{breakdown['list']}” is not a code list. There are: {known}."


def _register(breakdown: Data, place: Place, lists: Collection[str]) -> Iterator[Fault]:
    """A register's rows are named by the sender, so no list holds them and none is asked for."""
    if breakdown["key"] and (breakdown["list"] or breakdown["rows"] != "listed"):
        yield (
            (*place, "key"),
            "the rows of a register are the sender’s own: leave out “list”, and say “rows: listed”.",
        )
    if breakdown["judged"] and breakdown["judged"]["list"] not in lists:
        yield (
            (*place, "judged", "list"),
            f"“{breakdown['judged']['list']}” is not a code list. There are: {', '.join(sorted(lists))}.",
        )


def _lying_within(breakdown: Data, place: Place, breakdowns: list[Data]) -> Iterator[Fault]:
    """Lines that lie in lines of another table: of one that has lines, in a table of its own that need not be whole."""
    if not breakdown["within"]:
        if breakdown["in_lines"]:
            yield (
                (*place, "in_lines"),
                "only a table within another says in which of its lines. Add “within”.",
            )
        return
    other = next((each for each in breakdowns[1:] if each["name"] == breakdown["within"]), None)
    if other is None or other is breakdown or other["key"] or other["within"]:
        yield (
            (*place, "within"),
            f"“{breakdown['within']}” is no table of this return in which lines can lie.",
        )
        return
    if breakdown["adds_up"] or breakdown["rows"] != "listed" or breakdown["required"] or breakdown["key"]:
        yield (
            (*place, "within"),
            "say “rows: listed”, “required: false” and “adds_up: false”: its lines add to the line that they lie in.",
        )
    if other["list"] == breakdown["list"]:
        yield (*place, "within"), "its lines are of the same list as those that they lie in."
    more = sorted(set(breakdown["figures"]) - set(other["figures"]))
    if more:
        yield (
            (*place, "figures"),
            f"“{other['name']}” does not have {', '.join(more)}, which its lines would add to.",
        )


def _not_held(breakdowns: list[Data], answers: dict[str, list[str]]) -> Iterator[Fault]:
    """“Not held” is written as not available, in a line of its own."""
    for number, breakdown in enumerate(breakdowns):
        if not breakdown["may_be_not_held"]:
            continue
        place: Place = ("breakdowns", number, "may_be_not_held")
        name = breakdown["name"]
        if breakdown["list"] in ("", AREAS_LIST, MEMBERS_LIST):
            yield place, f"“{name}” has no code list, so it cannot be answered as not held."
        for figure in breakdown["figures"]:
            if "not_available" not in answers.get(figure, ["not_available"]):
                yield (
                    place,
                    f"“{name}” may be not held, so “{figure}” must take the answer not_available.",
                )


def _owing(data: Data, figures: list[str], breakdowns: list[str]) -> Iterator[Fault]:
    seen: set[str] = set()
    for number, owes in enumerate(data["owes"]):
        place: Place = ("owes", number)
        for index, kind in enumerate(owes["kinds"]):
            if kind not in KINDS:
                yield (
                    (*place, "kinds", index),
                    f"“{kind}” is not a kind of agency. There are: {', '.join(KINDS)}.",
                )
            elif kind in seen:
                yield (*place, "kinds", index), f"“{kind}” owes this return twice. Name each kind once."
            seen.add(kind)
        yield from unknown(owes["figures"], figures, (*place, "figures"), "figure")
        yield from unknown(owes["breakdowns"], breakdowns, (*place, "breakdowns"), "breakdown")
        if TOTAL not in owes["breakdowns"]:
            yield (*place, "breakdowns"), f"whoever owes the return owes its “{TOTAL}”. Add it."
        if owes["grain"] not in GRAINS[owes["frequency"]]:
            fitting = ", ".join(GRAINS[owes["frequency"]])
            yield (
                (*place, "grain"),
                f"a row for each {owes['grain']} does not fit into one {owes['frequency']}. Use: {fitting}.",
            )
        yield from _due(owes["due"], (*place, "due"), published=data["published"])


def _due(due: Data | None, place: Place, *, published: bool) -> Iterator[Fault]:
    if published and due:
        yield place, "nobody owes a published return, so it is never due. Remove “due”."
    if published:
        return
    by_days = bool(due and due["working_days"])
    by_date = bool(due and due["month"] and due["day"])
    if due is None or by_days == by_date or (by_days and (due["month"] or due["day"])):
        yield place, "say when it is due: either working_days after the period, or month and day."
    elif by_date and due["day"] > monthrange(NO_LEAP_YEAR, due["month"])[1]:
        yield (*place, "day"), f"month {due['month']} has no day {due['day']} every year."
