"""One module per kind of page; each has its blueprint."""

from hub.web.routes import (
    account,
    agreements,
    board,
    dictionary,
    home,
    invitation,
    plain,
    sign_in,
    submission,
)

BLUEPRINTS = (
    plain.blueprint,
    sign_in.blueprint,
    invitation.blueprint,
    home.blueprint,
    account.blueprint,
    dictionary.blueprint,
    submission.blueprint,
    board.blueprint,
    agreements.blueprint,
)
