"""Built tables over the interface: of the key's own agency, page by page or as a file that says what it is."""

from __future__ import annotations

import csv
import io
import json
import zipfile

from flask import Flask

from tests.api.test_api_figures import HERE, example_app, system_of  # noqa: F401 (a fixture)
from tests.example_world import Example


def test_a_table_of_own_figures_in_every_format(example_app: Flask, example: Example) -> None:  # noqa: F811
    system = system_of(example_app, "330")
    asked = f"{HERE}/table?measures=FD01,FD04&by=area&from=2015-01&to=2015-03&total=yes"
    whole = system.get(f"{asked}&limit=500").json
    assert whole["agency"] == "330" and whole["next"] is None and whole["illustrative"] is True
    contacts = {
        row["lines"]["area"]: row["value"]
        for row in whole["items"]
        if (row["measure"], row["period"]) == ("FD01", "2015-02")
    }
    series = system.get(f"{HERE}/measures/FD01?from=2015-02&to=2015-02").json
    assert contacts["all"] == series["rows"][0]["value"] == sum(contacts.values()) - contacts["all"]
    for area in ("south", "east"):  # as the measure's page and its downloads show them
        assert contacts[area] == example.point("FD01", "2015-02", line=("area", area)).value
    then = system.get(f"{asked}&as_at=2015-03-01").json["items"]
    known = {row["period"] for row in then if row["measure"] == "FD01" and row["value"] is not None}
    assert known == {"2015-01"}, "as at a moment: February came in March"
    paged, cursor = [], ""
    while cursor is not None:
        page = system.get(f"{asked}&limit=7&cursor={cursor}").json
        paged, cursor = [*paged, *page["items"]], page["next"]
    assert paged == whole["items"] and len(paged) > 14
    answer = system.get(f"{asked}&format=csv")
    assert (
        answer.content_type == "text/csv" and "FD01-FD04_by-area_330" in answer.headers["Content-Disposition"]
    )
    rows = list(csv.DictReader(io.StringIO(answer.text)))
    assert [(row["measure"], row["period"], row["area"]) for row in rows] == [
        (row["measure"], row["period"], row["lines"]["area"]) for row in whole["items"]
    ]
    with zipfile.ZipFile(io.BytesIO(system.get(f"{asked}&format=csvw").data)) as made:
        (name,) = [name for name in made.namelist() if name.endswith("csv-metadata.json")]
        told = json.loads(made.read(name))
    assert told["url"] in made.namelist() and "as_at=" in told["dc:source"]["@id"]


def test_a_key_builds_no_table_of_others_and_is_told_what_is_wrong(example_app: Flask) -> None:  # noqa: F811
    trust = system_of(example_app, "RXT")
    own = trust.get(f"{HERE}/table?measures=RF01&from=2014-01&to=2014-03").json["items"]
    states = {row["period"]: (row["state"], row["value"]) for row in own}
    assert states["2014-02"] == ("missing", None)  # RXT never sent it, and 49 others did
    for query, said in (
        ("measures=RF02", "no measure “RF02”"),  # the council's
        ("measures=RF01&by=agency", "broken down by agency"),
        ("measures=RF01&area=west", "no area"),
        ("measures=RF01&from=FY2014-15&to=FY2015-16", "by month"),
        ("measures=RF01&from=2015-01&to=2014-01", "earlier one first"),
        ("measures=RF01&format=pdf", "not understood"),
        ("measures=RF01&cursor=x", "cursor"),
    ):
        answer = trust.get(f"{HERE}/table?{query}")
        assert answer.status_code == 400 and said in answer.text, query
    assert trust.get("/partnerships/elsewhere/table?measures=RF01").status_code == 404
