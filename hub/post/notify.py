"""Mail by GOV.UK Notify, through its own client, which is installed beside the hub where it is wanted (docs/mail.md).

Notify has no message ids of ours, but a reference: before another attempt it is asked whether it holds one already.
"""

from __future__ import annotations

import importlib
import re
from dataclasses import dataclass
from typing import Any

from hub.config import Config
from hub.errors import WrongUsage
from hub.post.mail import Mail, Permanent, Temporary

TIMEOUT_SECONDS = 20
REFUSED_FOR_GOOD = {400}  # no such address, no such template: the same again would be refused again
WHY = {
    400: ": it does not take this address or this template (HUB_NOTIFY_TEMPLATE)",
    403: ": it did not accept the hub’s key, or this machine’s clock is wrong (HUB_NOTIFY_KEY)",
    429: ": too much was sent in a short while, or today",
}
KEY = re.compile(r".+-[0-9a-f-]{36}-[0-9a-f-]{36}", re.IGNORECASE)  # its name, the service, the secret


@dataclass(frozen=True)
class Notify:
    client: Any
    error: type[Exception]
    template: str
    reply_to: str

    def send(self, mail: Mail) -> None:
        try:
            if self.client.get_all_notifications(reference=mail.message_id)["notifications"]:
                return
            self.client.send_email_notification(
                email_address=mail.to,
                template_id=self.template,
                personalisation={"subject": mail.subject, "body": mail.body},
                reference=mail.message_id,
                email_reply_to_id=self.reply_to or None,
            )
        except self.error as error:
            raise _fault(error) from error


def _fault(error: Exception) -> Temporary | Permanent:
    """Its own words are not repeated: they may hold the address."""
    answer = getattr(error, "response", None)
    if answer is None:
        return Temporary("GOV.UK Notify could not be reached.")
    sentence = f"GOV.UK Notify answered {answer.status_code}{WHY.get(answer.status_code, '')}."
    return Permanent(sentence) if answer.status_code in REFUSED_FOR_GOOD else Temporary(sentence)


def notify(config: Config) -> Notify:
    """Raises WrongUsage where the client is not installed or a setting is missing."""
    try:
        made = importlib.import_module("notifications_python_client.notifications")
        errors = importlib.import_module("notifications_python_client.errors")
    except ImportError as error:
        raise WrongUsage(
            "HUB_NOTIFY_KEY is set, but GOV.UK Notify’s client is not installed. docs/mail.md says how."
        ) from error
    if not KEY.fullmatch(config.notify_key):
        raise WrongUsage("HUB_NOTIFY_KEY is not a key as GOV.UK Notify makes them.")
    if not config.notify_template:
        raise WrongUsage("HUB_NOTIFY_TEMPLATE must name the template at GOV.UK Notify.")
    client = made.NotificationsAPIClient(
        config.notify_key, base_url=config.notify_url, timeout=TIMEOUT_SECONDS
    )
    client.request_session.max_redirects = 0  # nothing of ours is carried to an address that an answer names
    return Notify(client, errors.APIError, config.notify_template, config.notify_reply_to)
