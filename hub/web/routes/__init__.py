"""One module per kind of page; each has its blueprint."""

from hub.web.routes import account, dictionary, home, plain

BLUEPRINTS = (plain.blueprint, home.blueprint, account.blueprint, dictionary.blueprint)
