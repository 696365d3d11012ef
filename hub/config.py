"""Every setting of a deployment, its default and its reason, read from the environment once.

`hub config` prints this table. Nothing else in the hub reads `os.environ` for its own settings.
"""

from __future__ import annotations

import os
from dataclasses import dataclass, fields
from functools import cache
from pathlib import Path

from hub.errors import WrongUsage


@dataclass(frozen=True)
class Setting:
    name: str
    default: str
    reason: str


SETTINGS: tuple[Setting, ...] = (
    Setting(
        "HUB_DATABASE_URL",
        "sqlite:///var/hub.sqlite3",
        "SQLite file, or postgresql+psycopg://… for the production engine",
    ),
    Setting(
        "HUB_SECRET_KEY",
        "",
        "signs forms and second-factor secrets; at least 32 characters; the server refuses to start without it",
    ),
    Setting(
        "HUB_HOST",
        "127.0.0.1",
        "address to listen on; a demo database is served on the loopback address alone",
    ),
    Setting("HUB_PORT", "8000", "port to listen on"),
    Setting("HUB_WORKERS", "2", "web processes; they hold no state"),
    Setting(
        "HUB_DRAWN_AHEAD",
        "300",
        "how many pages of the Board each of them draws again once a figure is signed, before a reader comes; 0 for none",
    ),
    Setting(
        "HUB_PUBLIC_URL",
        "",
        "the address people use, for links in mail and for checking where forms come from",
    ),
    Setting(
        "HUB_DEFINITIONS",
        "",
        "a folder with the deployment's own schemas/ and agreements/, beside the shipped ones",
    ),
    Setting("HUB_CHECKER_SOCKET", "var/checker.sock", "where web processes reach the checker"),
    Setting(
        "HUB_DEMO",
        "",
        "1 for a demo: plain-HTTP cookie on loopback; refused for a database that no demo made",
    ),
    Setting("HUB_OIDC_ISSUER", "", "OpenID Connect provider; empty for local accounts only"),
    Setting("HUB_OIDC_CLIENT_ID", "", "this hub's name at the provider"),
    Setting("HUB_OIDC_CLIENT_SECRET", "", "this hub's secret at the provider"),
    Setting("HUB_OIDC_NAME", "your organisation’s account", "what the sign-in button calls the provider"),
    Setting("HUB_CONTACT_EMAIL", "", "the deployer's contact, on footer pages and error pages"),
    Setting(
        "HUB_CHECKPOINTS",
        "var/checkpoints",
        "folder outside the database where audit checkpoints are written",
    ),
    Setting(
        "HUB_TRUSTED_PROXIES", "0", "how many proxies in front set X-Forwarded-*; 0 ignores those headers"
    ),
    Setting("HUB_SMTP_HOST", "", "the mail server; without it and without Notify, mail waits in the outbox"),
    Setting("HUB_SMTP_PORT", "587", "its port: 587 for STARTTLS, 465 for TLS from the first byte"),
    Setting(
        "HUB_SMTP_SECURITY",
        "starttls",
        "starttls, tls, or none; none is refused unless the mail server is on this machine",
    ),
    Setting("HUB_SMTP_USER", "", "the name to log in with at the mail server; empty for none"),
    Setting("HUB_SMTP_PASSWORD", "", "its password"),
    Setting("HUB_MAIL_FROM", "", "the address that mail comes from; replies go to the data team’s contact"),
    Setting(
        "HUB_NOTIFY_KEY",
        "",
        "an API key of GOV.UK Notify: mail goes that way instead of SMTP (docs/mail.md)",
    ),
    Setting("HUB_NOTIFY_TEMPLATE", "", "the Notify template: its subject is ((subject)), its text ((body))"),
    Setting("HUB_NOTIFY_REPLY_TO", "", "the id at Notify of the data team’s reply address"),
    Setting("HUB_NOTIFY_URL", "https://api.notifications.service.gov.uk", "where Notify answers"),
    Setting(
        "HUB_DISCLOSURE_PARTNERSHIP",
        "partnership",
        "the disclosure profile of readers outside the agency that counted, where a partnership names none; for good once a figure is signed (docs/disclosure.md)",
    ),
    Setting(
        "HUB_DISCLOSURE_PUBLIC",
        "nhs-hes",
        "the disclosure profile of what anybody may read, where a partnership names none: nhs-hes, dfe-cin or one’s own; for good once a figure is signed",
    ),
)


@dataclass(frozen=True)
class Config:
    """The settings, named without their prefix."""

    database_url: str
    secret_key: str
    host: str
    port: int
    workers: int
    drawn_ahead: int
    public_url: str
    definitions: str
    checker_socket: str
    demo: bool
    oidc_issuer: str
    oidc_client_id: str
    oidc_client_secret: str
    oidc_name: str
    contact_email: str
    checkpoints: str
    trusted_proxies: int
    smtp_host: str
    smtp_port: int
    smtp_security: str
    smtp_user: str
    smtp_password: str
    mail_from: str
    notify_key: str
    notify_template: str
    notify_reply_to: str
    notify_url: str
    disclosure_partnership: str
    disclosure_public: str


def from_environment(environ: dict[str, str] | None = None) -> Config:
    """Raises WrongUsage when a number is not one."""
    values = dict(os.environ) if environ is None else environ
    read: dict[str, object] = {}
    for field, setting in zip(fields(Config), SETTINGS, strict=True):
        text = values.get(setting.name) or setting.default
        read[field.name] = _as_type(setting.name, text, str(field.type))
    return Config(**read)  # type: ignore[arg-type]


def _as_type(name: str, text: str, kind: str) -> object:
    if kind == "bool":
        return text in {"1", "true", "yes"}
    if kind != "int":
        return text
    if not text.isdecimal():
        raise WrongUsage(f"{name} must be a whole number, not “{text}”.")
    return int(text)


@cache
def shipped(folder: str) -> Path:
    """Where `schemas`, `agreements` or `migrations` lie: inside the wheel, or at the top of a checkout."""
    package = Path(__file__).parent
    in_wheel = package / "_shipped" / folder
    return in_wheel if in_wheel.is_dir() else package.parent / folder
