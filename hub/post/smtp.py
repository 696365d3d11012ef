"""Mail by SMTP: STARTTLS, TLS from the first byte, or plain to this very machine; with a login where one is set."""

from __future__ import annotations

import smtplib
import ssl
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime

from hub.config import Config
from hub.errors import WrongUsage
from hub.post.mail import Mail, Permanent, Temporary

SECURITY = ("starttls", "tls", "none")
HERE = {"localhost", "127.0.0.1", "::1"}
TIMEOUT_SECONDS = 20
SENDER_NAME = "Partnership Hub"


@dataclass(frozen=True)
class Smtp:
    """A connection for each mail: a partnership sends tens a day, and no idle connection can go stale."""

    host: str
    port: int
    security: str
    user: str
    password: str
    sender: str

    def send(self, mail: Mail) -> None:
        message = self._message(mail)
        try:
            with self._connected() as server:
                server.send_message(message, from_addr=self.sender, to_addrs=[mail.to])
        except smtplib.SMTPRecipientsRefused as error:
            code, words = next(iter(error.recipients.values()))
            raise _fault(code, words) from error
        except smtplib.SMTPAuthenticationError as error:
            raise Temporary("The mail server refused the hub’s name or password (HUB_SMTP_USER).") from error
        except smtplib.SMTPResponseException as error:
            raise _fault(error.smtp_code, error.smtp_error) from error
        except smtplib.SMTPNotSupportedError as error:
            raise Temporary(f"The mail server cannot do what is set: {error}.") from error
        except ssl.SSLError as error:
            raise Temporary(f"The mail server’s certificate was not accepted: {error.reason}.") from error
        except (smtplib.SMTPException, OSError) as error:
            raise Temporary(f"The connection to the mail server failed ({type(error).__name__}).") from error

    @contextmanager
    def _connected(self) -> Iterator[smtplib.SMTP]:
        trusted = ssl.create_default_context()
        server: smtplib.SMTP = (
            smtplib.SMTP_SSL(self.host, self.port, timeout=TIMEOUT_SECONDS, context=trusted)
            if self.security == "tls"
            else smtplib.SMTP(self.host, self.port, timeout=TIMEOUT_SECONDS)
        )
        try:
            if self.security == "starttls":
                server.starttls(context=trusted)
            if self.user:
                server.login(self.user, self.password)
            yield server
        finally:
            with suppress(smtplib.SMTPException, OSError):
                server.quit()  # the mail is the receiver's by now, or it is not: a lost goodbye changes nothing
            server.close()

    def _message(self, mail: Mail) -> EmailMessage:
        message = EmailMessage(policy=SMTP)
        try:
            message["From"] = Address(SENDER_NAME, addr_spec=self.sender)
            message["To"] = Address(addr_spec=mail.to)
            message["Reply-To"] = Address(addr_spec=mail.reply_to)
        except (ValueError, IndexError) as error:
            raise Permanent("An e-mail address of this mail is not one.") from error
        message["Subject"] = mail.subject
        message["Date"] = format_datetime(mail.made_at)
        message["Message-ID"] = mail.message_id
        message["Auto-Submitted"] = "auto-generated"  # no out-of-office answers to the data team
        message.set_content(mail.body)
        if mail.attachment is not None:
            message.add_attachment(
                mail.attachment.pdf, maintype="application", subtype="pdf", filename=mail.attachment.name
            )
        return message


def smtp(config: Config) -> Smtp:
    """The mail server of the settings. Raises WrongUsage where they would send a password or a mail in the open."""
    if config.smtp_security not in SECURITY:
        raise WrongUsage(f"HUB_SMTP_SECURITY is starttls, tls or none, not “{config.smtp_security}”.")
    if config.smtp_security == "none" and config.smtp_host not in HERE:
        raise WrongUsage(
            "HUB_SMTP_SECURITY may be none only for a mail server on this machine. Use starttls or tls."
        )
    if "@" not in config.mail_from:
        raise WrongUsage("HUB_MAIL_FROM must be the address that mail comes from.")
    return Smtp(
        config.smtp_host,
        config.smtp_port,
        config.smtp_security,
        config.smtp_user,
        config.smtp_password,
        config.mail_from,
    )


def _fault(code: int, words: bytes | str) -> Temporary | Permanent:
    """Four hundreds pass, five hundreds stay (RFC 5321, 4.2.1)."""
    text = words.decode("utf-8", "replace") if isinstance(words, bytes) else words
    sentence = f"The mail server answered {code}: {' '.join(text.split())[:200]}"
    return Permanent(sentence) if code >= 500 else Temporary(sentence)
