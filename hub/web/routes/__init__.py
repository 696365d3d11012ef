"""One module per kind of page; each has its blueprint."""

from hub.web.routes import (
    account,
    agreements,
    answer,
    board,
    compare,
    dictionary,
    grants,
    home,
    invitation,
    keys,
    people,
    plain,
    sign_in,
    signing,
    submission,
    upload,
)

BLUEPRINTS = (
    plain.blueprint,
    sign_in.blueprint,
    invitation.blueprint,
    keys.blueprint,
    people.blueprint,
    grants.blueprint,
    home.blueprint,
    account.blueprint,
    dictionary.blueprint,
    submission.blueprint,
    answer.blueprint,
    signing.blueprint,
    upload.blueprint,
    board.blueprint,
    compare.blueprint,
    agreements.blueprint,
)
