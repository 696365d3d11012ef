"""The data dictionary: what is asked, what to count, who sees it and what uses it."""

from __future__ import annotations

from flask import Blueprint, render_template

from hub.access import transaction
from hub.access.guard import public
from hub.definitions import catalogue
from hub.definitions.as_dictionary import as_dictionary
from hub.web import present_dictionary

blueprint = Blueprint("dictionary", __name__, url_prefix="/returns")

WHY = "says what is asked and holds no data; whoever counts must be able to read it"


@blueprint.get("")
@public(WHY)
def returns() -> str:
    found = [as_dictionary(definition) for definition in catalogue.definitions(transaction.reading())]
    return render_template("dictionary/returns.html", heading="Data dictionary", returns=found)


@blueprint.get("/<code>")
@public(WHY)
def one(code: str) -> str:
    session = transaction.reading()
    definition = catalogue.definition(session, code)
    return render_template(
        "dictionary/one.html",
        heading=definition.title,
        it=as_dictionary(definition),
        lists=present_dictionary.lists(session, definition),
        measures=present_dictionary.measures_of(session, code),
    )
