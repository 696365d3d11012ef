"""Errors first; five queries, the worst first; the rest folded and counted; notes ask nothing."""

from hub.findings import Finding, Where
from hub.submissions.drafted import finding_key
from hub.web.present_findings import present


def finding(number: int, severity: str = "query") -> Finding:
    return Finding(
        f"rule-{number}", severity, f"Message {number}.", Where(row=number, field="count"), str(number)
    )  # type: ignore[arg-type]


def test_queries_keep_the_order_of_the_check_and_five_are_shown() -> None:
    found = [finding(number) for number in (9, 8, 7, 6, 5, 4, 3)]
    shown = present([*found, finding(1, "error"), finding(2, "note")])
    assert [group.code for group in shown.groups] == ["rule-1"]
    assert [item.finding.code for item in shown.asked] == ["rule-9", "rule-8", "rule-7", "rule-6", "rule-5"]
    assert [item.finding.code for item in shown.folded] == ["rule-4", "rule-3"]
    assert [item.finding.code for item in shown.notes] == ["rule-2"]
    assert (shown.errors, shown.queries, shown.unexplained, shown.beyond) == (1, 7, 7, 0)
    assert shown.in_words == "1 error and 7 queries"


def test_what_waits_for_an_answer_comes_before_what_has_one() -> None:
    found = [finding(number) for number in (9, 8, 7, 6, 5, 4)]
    shown = present(found, {finding_key(found[0]): "It is right."})
    assert [item.finding.code for item in shown.asked] == ["rule-8", "rule-7", "rule-6", "rule-5", "rule-4"]
    assert [item.explanation for item in shown.folded] == ["It is right."]


def test_notes_alone_are_nothing_to_put_right() -> None:
    assert present([finding(1, "note")]).in_words == "nothing found"
