"""A definition that is wrong is refused with file, line and cause. One small right return, and every way to spoil it."""

import re
from pathlib import Path

import pytest

from hub.definitions.folders import read_folders
from hub.definitions.load import read_codelist, read_return
from hub.errors import DefinitionErrors

RIGHT = """\
return: visits
version: 1
status: draft
title: Visits
about: How many visits were made.
statement: I confirm these figures.
owes:
  - kinds: [nhs_trust]
    frequency: month
    grain: month
    due: {working_days: 15}
    signatures: 2
    breakdowns: [total, setting]
    figures: [visits, late]
breakdowns:
  - name: total
    title: All visits
    figures: [visits, late]
  - name: setting
    title: Setting
    list: settings
    figures: [visits]
figures:
  - name: visits
    title: Visits
    description: Visits made.
    unit: count
    counted: [One., Two., Three.]
    not_counted: [One., Two., Three.]
  - name: late
    title: Late visits
    description: Visits made late.
    unit: count
    counted: [One., Two., Three.]
    not_counted: [One., Two., Three.]
rules:
  - code: late-above-visits
    severity: error
    why: Late visits are some of all visits.
    message: "{late} late visits are more than {visits}. Correct one of them."
    expectation: expect_column_pair_values_a_to_be_greater_than_b
    kwargs: {column_A: visits, column_B: late, or_equal: true}
    field: late
    passes:
      - {visits: 3, late: 3}
    fails:
      - {visits: 3, late: 4}
"""

# what is spoilt → with what, where it is said to be, and a part of what is said
WRONG = {
    "unknown key": ("title: Visits\nabout", "titel: Visits\nabout", "titel: Visits", "titel: is not known here"),
    "missing key": ("title: Visits\nabout", "about", None, "title: is missing"),
    "key given twice": ("status: draft", "status: draft\nstatus: live", "status: live", "“status” is given twice"),
    "not a version": ("version: 1", "version: one", "version: one", "must be a whole number"),
    "version as text": ("version: 1", 'version: "1"', 'version: "1"', "must be a whole number"),
    "unknown status": ("status: draft", "status: ready", "status: ready", "must be one of: draft, live"),
    "title is a number": ("title: Visits\nabout", "title: 12\nabout", "title: 12", "must be text"),
    "blank title": ("title: Visits\nabout", 'title: " "\nabout', "title:", "may not be empty"),
    "published without publisher": ("status: draft", "status: draft\npublished: true", "published", "names its publisher"),
    "published as text": ("status: draft", "status: draft\npublished: yes", "published", "must be true or false"),
    "publisher of an unpublished return": ("status: draft", "status: draft\npublisher: DfE", "publisher", "only a published return"),
    "unknown kind of agency": ("[nhs_trust]", "[hospital]", "kinds:", "“hospital” is not a kind of agency"),
    "no kind of agency": ("[nhs_trust]", "[]", "kinds:", "at least one kind"),
    "unknown frequency": ("frequency: month", "frequency: fortnight", "frequency:", "must be one of: month"),
    "grain does not fit": ("grain: month", "grain: term", "grain:", "a row for each term does not fit into one month"),
    "never due": ("{working_days: 15}", "{}", "due:", "say when it is due"),
    "due twice over": ("{working_days: 15}", "{working_days: 15, month: 5, day: 1}", "due:", "either working_days"),
    "due on no day": ("{working_days: 15}", "{month: 6, day: 31}", "due:", "has no day 31"),
    "code without a list": ("unit: count", "unit: code", "- name: visits", "a code has a code list"),
    "text without an end": ("unit: count", "unit: text", "- name: visits", "how long the text may be"),
    "number with a list": ("unit: count", "unit: count\n    list: grades", "list: grades", "only a code has a list"),
    "register with a list": ("list: settings\n", "list: settings\n    key: Visit\n", "key:", "the rows of a register"),
    "judged by an unknown list": ("list: settings\n", "list: settings\n    judged: {title: Good, list: grades}\n", "judged:", "“grades” is not a code list"),
    "three signatures": ("signatures: 2", "signatures: 3", "signatures:", "must be 1 or 2"),
    "owes an unknown breakdown": ("[total, setting]", "[total, ward]", "breakdowns: [total", "“ward” is not a breakdown"),
    "owes no total": ("[total, setting]", "[setting]", "breakdowns: [setting", "owes its “total”"),
    "owes an unknown figure": ("figures: [visits, late]\nbreakdowns", "figures: [visits, early]\nbreakdowns", "figures: [visits, early]", "“early” is not a figure"),
    "unknown list": ("list: settings", "list: wards", "list:", "“wards” is not a code list"),
    "figure in a breakdown not declared": ("    figures: [visits]", "    figures: [visit]", "figures: [visit]", "“visit” is not a figure"),
    "total is not first": ("name: total", "name: whole", "name: whole", "the first breakdown must be “total”"),
    "total lacks a figure": ("title: All visits\n    figures: [visits, late]", "title: All visits\n    figures: [visits]", "figures: [visits]", "the total must hold every figure"),
    "figure declared twice": ("- name: late", "- name: visits", "- name: visits", "“visits” is used twice"),
    "figure named like a column": ("- name: visits", "- name: period", "- name: period", "a column that every return has"),
    "figure's name has a space": ("- name: late", "- name: late visits", "- name: late visits", "must be a name of small letters"),
    "unknown unit": ("unit: count", "unit: kilograms", "unit:", "must be one of: count"),
    "two counted examples": ("counted: [One., Two., Three.]", "counted: [One., Two.]", "counted: [One., Two.]", "visits: give three examples of what is counted; there are 2"),
    "no not-counted examples": ("    not_counted: [One., Two., Three.]\n", "", "- name: visits", "three examples of what is not counted; there are 0"),
    "unknown answer": ("unit: count", "unit: count\n    answers: [maybe]", "answers:", "“maybe” is not an answer"),
    "hidden counts from agencies": ("unit: count", "unit: count\n    answers: [hidden]", "answers:", "only a published return"),
    "minimum above maximum": ("unit: count", "unit: count\n    minimum: 9\n    maximum: 3", "maximum: 3", "the minimum first"),
    "rule code not in kebab-case": ("late-above-visits", "Late_above", "code: Late_above", "hyphens between words"),
    "unknown severity": ("severity: error", "severity: warning", "severity:", "must be one of: error, query"),
    "not held, but no way to say so": ("list: settings\n", "list: settings\n    may_be_not_held: true\n", "may_be_not_held:", "must take the answer not_available"),
    "not held, and no list": ("list: settings\n", "list: areas\n    may_be_not_held: true\n", "may_be_not_held:", "has no code list"),
    "lines of nothing": ("list: settings\n", "list: settings\n    in_lines: [maternity]\n", "in_lines:", "only a table within another"),
    "no reason": ("    why: Late visits are some of all visits.\n", "", "- code:", "why: is missing"),
    "no failing example": ("    fails:\n      - {visits: 3, late: 4}\n", "", "- code:", "at least one example that fails"),
    "no passing example": ("    passes:\n      - {visits: 3, late: 3}\n", "", "- code:", "at least one example that passes"),
    "example of an unknown figure": ("{visits: 3, late: 4}", "{visits: 3, lat: 4}", "- {visits: 3, lat: 4}", "“lat” is neither a figure"),
    "example with text": ("{visits: 3, late: 4}", "{visits: 3, late: many}", "- {visits: 3, late: many}", "must be a whole number"),
    "unknown expectation": ("expect_column_pair_values_a_to_be_greater_than_b", "expect_miracles", "expectation:", "“expect_miracles” is not an expectation"),
    "unknown argument": ("or_equal: true", "or_same: true", "kwargs:", "“or_same” is no argument"),
    "argument left out": ("column_A: visits, ", "", "expectation:", "needs the argument “column_A”"),
    "argument of the wrong type": ("or_equal: true", "or_equal: 1", "kwargs:", "or_equal must be true or false"),
    "column that is not there": ("column_B: late", "column_B: early", "kwargs:", "column_B “early” is no column"),
    "field that is not there": ("    field: late", "    field: early", "field:", "“early” is not a figure"),
    "message names no column": ("{late} late", "{early} late", "message:", "“{early}” is no column"),
    "message reaches inside": ("{late} late", "{late.__class__} late", "message:", "is no column"),
    "message with half a brace": ("{late} late", "{late late", "message:", "brace"),
    "expression that calls": ("    field: late", "    field: late\n    derive: {x: abs(late)}", "derive:", "may hold column names"),
    "expression that imports": ("    field: late", "    field: late\n    derive: {x: \"__import__('os')\"}", "derive:", "may hold column names"),
    "expression of an unknown column": ("    field: late", "    field: late\n    derive: {x: early + 1}", "derive:", "names “early”"),
    "list where a text belongs": ("title: Visits\nabout", "title: [Visits]\nabout", "title: [Visits]", "must be text"),
    "text where a list belongs": ("kinds: [nhs_trust]", "kinds: nhs_trust", "kinds:", "must be a list"),
    "anchors": ("status: draft", "status: &s draft", "status:", "anchors"),
    "tags": ("status: draft", "status: !!python/object:os.system draft", "status:", "tags"),
    "not YAML": ("kinds: [nhs_trust]", "kinds: [nhs_trust", "frequency: month", "is not readable YAML"),
}  # fmt: skip


def write(folder: Path, text: str, *, name: str = "visits/v1.yaml") -> Path:
    file = folder / "schemas" / name
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(text, encoding="utf-8")
    return file


def test_the_right_one_is_read(tmp_path: Path) -> None:
    definition = read_return(write(tmp_path, RIGHT), lists={"settings"})
    assert (definition.code, definition.version, len(definition.rules)) == ("visits", 1, 1)
    assert len(definition.digest) == 64


@pytest.mark.parametrize("spoilt", WRONG)
def test_a_wrong_definition_is_refused_with_file_line_and_cause(tmp_path: Path, spoilt: str) -> None:
    right, wrong, at, cause = WRONG[spoilt]
    text = RIGHT.replace(right, wrong, 1)
    assert text != RIGHT
    file = write(tmp_path, text)
    with pytest.raises(DefinitionErrors) as caught:
        read_return(file, lists={"settings"})
    found = [error for error in caught.value.errors if cause in error.cause]
    assert found, caught.value.sentence
    assert found[0].file == str(file)
    line = 1 if at is None else next(n for n, words in enumerate(text.splitlines(), 1) if at in words)
    lines = {error.line for error in found}
    # A repeated name is shown at its second place.
    assert line in lines or spoilt == "figure declared twice", (lines, line)


def test_every_fault_is_told_at_once(tmp_path: Path) -> None:
    text = RIGHT.replace("unit: count", "unit: kilograms").replace("status: draft", "status: ready")
    with pytest.raises(DefinitionErrors) as caught:
        read_return(write(tmp_path, text), lists={"settings"})
    assert len(caught.value.errors) == 3
    assert re.fullmatch(
        r".*v1\.yaml:3: status: must be one of: draft, live\.", caught.value.sentence.splitlines()[0]
    )


def test_a_file_of_ten_megabytes_is_refused_unread(tmp_path: Path) -> None:
    file = write(tmp_path, "about: " + "x" * 10_000_000)
    with pytest.raises(DefinitionErrors, match=r"10,000,007 bytes"):
        read_return(file, lists=())


@pytest.mark.parametrize(
    ("content", "cause"),
    [
        (b"", "is empty"),
        (b"- a\n- b\n", "must be names and values"),
        (b"return: caf\xe9\n", "not UTF-8"),
        (b"return: a\x07b\n", "may not hold"),
        (b"[" * 500, "readable YAML|nested"),
        (b"a: " * 2000, "readable YAML"),
    ],
)
def test_what_is_no_definition_at_all_is_refused(tmp_path: Path, content: bytes, cause: str) -> None:
    file = tmp_path / "v1.yaml"
    file.write_bytes(content)
    with pytest.raises(DefinitionErrors, match=cause):
        read_return(file, lists=())


def test_a_file_says_what_its_name_says(tmp_path: Path) -> None:
    with pytest.raises(DefinitionErrors, match="but says version 1"):
        read_return(write(tmp_path, RIGHT, name="visits/v2.yaml"), lists={"settings"})
    with pytest.raises(DefinitionErrors, match="lies in the folder “calls”"):
        read_return(write(tmp_path, RIGHT, name="calls/v1.yaml"), lists={"settings"})


SETTINGS = """\
codelist: settings
version: 1
title: Settings
source: Nowhere
items:
  - {code: ward, title: Ward}
  - {code: clinic, title: Clinic}
"""


@pytest.mark.parametrize(
    ("right", "wrong", "line", "cause"),
    [
        ("code: clinic", "code: ward", 6, "in the list twice"),
        ("code: clinic", "code: a clinic", 7, "must be letters, digits"),
        ("title: Clinic", "title: Clinic, from_on: 2014", 7, "from_on: must be text"),
        ("title: Clinic", "title: Clinic, from_on: 1 May", 7, "“1 May” is not a date"),
        ("title: Clinic", "title: Clinic, until_on: 2014-02-30", 7, "is not a date"),
        ("source: Nowhere\n", "", 1, "source: is missing"),
    ],
)
def test_a_wrong_code_list_is_refused(tmp_path: Path, right: str, wrong: str, line: int, cause: str) -> None:
    file = write(tmp_path, SETTINGS.replace(right, wrong), name="codelists/settings.yaml")
    with pytest.raises(DefinitionErrors) as caught:
        read_codelist(file)
    assert caught.value.errors[0].line == line
    assert cause in caught.value.sentence


def test_a_rules_code_belongs_to_one_return(tmp_path: Path) -> None:
    write(tmp_path, SETTINGS, name="codelists/settings.yaml")
    write(tmp_path, RIGHT)
    write(tmp_path, RIGHT.replace("return: visits", "return: calls"), name="calls/v1.yaml")
    with pytest.raises(
        DefinitionErrors, match="the rule code “late-above-visits” belongs to the return “calls”"
    ):
        read_folders([tmp_path / "schemas"])


def test_a_live_version_is_frozen(tmp_path: Path) -> None:
    write(tmp_path, SETTINGS, name="codelists/settings.yaml")
    live = write(tmp_path, RIGHT.replace("status: draft", "status: live"))
    folder = tmp_path / "schemas"
    with pytest.raises(DefinitionErrors, match=r"frozen\.txt does not hold it"):
        read_folders([folder])
    digest = read_return(live, lists={"settings"}).digest
    (folder / "frozen.txt").write_text(f"# live\nvisits 1 {digest}\n", encoding="utf-8")
    assert read_folders([folder]).latest("visits").status == "live"
    live.write_text(
        live.read_text(encoding="utf-8").replace("title: Visits", "title: Calls"), encoding="utf-8"
    )
    with pytest.raises(DefinitionErrors, match="its text was changed"):
        read_folders([folder])
