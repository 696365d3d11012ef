"""One module per family of endpoints; each has its blueprint."""

from hub.api.routes import (
    agency,
    corrections,
    description,
    due_items,
    facts,
    measures,
    returns,
    sending,
    submissions,
    tables,
)

BLUEPRINTS = (
    description.blueprint,
    agency.blueprint,
    returns.blueprint,
    due_items.blueprint,
    submissions.blueprint,
    corrections.blueprint,
    sending.blueprint,
    facts.blueprint,
    measures.blueprint,
    tables.blueprint,
)
