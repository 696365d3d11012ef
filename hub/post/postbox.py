"""Which way mail leaves a deployment, from its settings."""

from __future__ import annotations

from hub.config import Config
from hub.post.mail import Postbox
from hub.post.notify import notify
from hub.post.smtp import smtp


def postbox(config: Config) -> Postbox | None:
    """GOV.UK Notify where a key is set, else SMTP, else nothing: mail then waits in the outbox. Raises WrongUsage."""
    if config.notify_key:
        return notify(config)
    return smtp(config) if config.smtp_host else None


def sender_domain(config: Config) -> str:
    """What message ids end in."""
    return config.mail_from.rpartition("@")[2] or "hub.invalid"
