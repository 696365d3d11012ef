"""A real SMTP server on this machine that does as a test asks: takes, refuses, asks to come later, or cuts the line."""

from __future__ import annotations

import email
import email.policy
import ssl
from collections.abc import Callable
from dataclasses import dataclass, field
from email.message import EmailMessage
from typing import Any

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, AuthResult, Envelope, Session

TAKEN = "250 taken over"


@dataclass
class Received:
    """What the server took, and how it answers: `answers` are used up one by one, then it takes everything."""

    mails: list[EmailMessage] = field(default_factory=list)
    recipients: list[str] = field(default_factory=list)
    answers: list[str] = field(
        default_factory=list
    )  # to RCPT or, if they begin with "data ", to DATA; or "cut"
    logins: list[tuple[str, str]] = field(default_factory=list)
    encrypted: list[bool] = field(default_factory=list)
    before_answer: Callable[[], None] | None = None  # it has the mail, and has not said so
    port: int = 0  # where it listens
    before_mail: Callable[[], None] | None = None  # it is asked to take one

    async def handle_RCPT(
        self, _server: SMTP, _session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        if self.before_mail:
            self.before_mail()
        if self.answers and self.answers[0].startswith("rcpt "):
            return self.answers.pop(0).removeprefix("rcpt ")
        envelope.rcpt_tos.append(address)
        envelope.rcpt_options.extend(options)
        return "250 OK"

    async def handle_DATA(self, server: SMTP, _session: Session, envelope: Envelope) -> str:
        if self.answers and self.answers[0].startswith("data "):
            return self.answers.pop(0).removeprefix("data ")
        assert isinstance(envelope.content, bytes)
        self.mails.append(email.message_from_bytes(envelope.content, policy=email.policy.default))  # type: ignore[arg-type]
        self.recipients += envelope.rcpt_tos
        assert server.transport is not None
        self.encrypted.append(server.transport.get_extra_info("ssl_object") is not None)
        if self.before_answer:
            self.before_answer()
        if self.answers and self.answers[0] == "cut":
            self.answers.pop(0)
            server.transport.abort()  # taken over, and the answer never arrives
        return TAKEN

    def login(
        self, _server: SMTP, _session: Session, _envelope: Envelope, _how: str, data: Any
    ) -> AuthResult:
        self.logins.append((data.login.decode(), data.password.decode()))
        return AuthResult(success=data.password == b"right", handled=False)


class OnAnyPort(Controller):
    """Port 0 is asked for, so that no two test processes want the same one; the loop's port is known once it listens."""

    def _trigger_server(self) -> None:
        assert self.server is not None
        self.port = self.server.sockets[0].getsockname()[1]
        super()._trigger_server()


def mail_server(
    received: Received, *, tls: ssl.SSLContext | None = None, starttls: bool = False, logins: bool = False
) -> Controller:
    """Starting and stopping it is the caller’s."""
    return OnAnyPort(
        received,
        hostname="127.0.0.1",
        port=0,
        ssl_context=tls if tls and not starttls else None,
        tls_context=tls if starttls else None,
        require_starttls=starttls,
        authenticator=received.login if logins else None,
        auth_required=logins,
    )
