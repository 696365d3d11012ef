"""Mail by SMTP to a real server: what arrives, how it is carried, and how each kind of refusal is taken."""

from __future__ import annotations

import ssl
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from ipaddress import ip_address
from pathlib import Path

import pytest
from aiosmtpd.controller import Controller
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from hub.config import from_environment
from hub.errors import WrongUsage
from hub.post.mail import Attachment, Mail, Permanent, Temporary
from hub.post.postbox import postbox
from hub.post.smtp import Smtp
from tests.post.mail_server import Received, mail_server

MAIL = Mail(
    message_id="<letter-1@hub.example.org>",
    to="sub.rxt@example.org",
    reply_to="data@testshire.example.org",
    subject="Testshire: Kinder­schutz – April 2015",
    body="Dear Zoë,\n\nplease answer.\n",
    made_at=datetime(2015, 5, 18, 9, 0, tzinfo=UTC),
)


@pytest.fixture
def certificate(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> ssl.SSLContext:
    """A server's certificate for this machine, which this machine trusts."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "127.0.0.1")])
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(datetime.now(UTC) - timedelta(days=1))
        .not_valid_after(datetime.now(UTC) + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.IPAddress(ip_address("127.0.0.1"))]), critical=False)
        .sign(key, hashes.SHA256())
    )
    file = tmp_path / "mail.pem"
    file.write_bytes(
        key.private_bytes(
            serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
        )
        + made.public_bytes(serialization.Encoding.PEM)
    )
    monkeypatch.setenv("SSL_CERT_FILE", str(file))
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(file)
    return context


@pytest.fixture
def received() -> Received:
    return Received()


@pytest.fixture
def server(received: Received) -> Iterator[Controller]:
    started = mail_server(received)
    started.start()
    yield started
    started.stop()


def box(server: Controller, *, security: str = "none", user: str = "", password: str = "") -> Smtp:
    return Smtp("127.0.0.1", server.port, security, user, password, "hub@hub.example.org")


def test_what_was_sent_is_what_arrives(server: Controller, received: Received) -> None:
    box(server).send(MAIL)
    (mail,) = received.mails
    assert mail["Message-ID"] == MAIL.message_id
    assert mail["Subject"] == MAIL.subject
    assert mail["From"] == "Partnership Hub <hub@hub.example.org>"
    assert mail["Reply-To"] == MAIL.reply_to
    assert mail["Auto-Submitted"] == "auto-generated"
    assert mail["Date"].datetime == MAIL.made_at
    assert mail.get_content().replace("\r\n", "\n") == MAIL.body
    assert received.recipients == [MAIL.to]
    box(server).send(replace(MAIL, attachment=Attachment("a-pack.pdf", b"%PDF-1.7 \xff")))
    (attached,) = received.mails[1].iter_attachments()
    assert (attached.get_filename(), attached.get_content_type()) == ("a-pack.pdf", "application/pdf")
    assert attached.get_content() == b"%PDF-1.7 \xff"


@pytest.mark.parametrize(
    ("answer", "fault"),
    [
        ("rcpt 550 no such mailbox", Permanent),
        ("rcpt 450 come back later", Temporary),
        ("data 554 looks like spam", Permanent),
        ("data 451 try again", Temporary),
        ("cut", Temporary),
    ],
)
def test_each_refusal_says_whether_to_try_again(
    server: Controller, received: Received, answer: str, fault: type[Exception]
) -> None:
    received.answers.append(answer)
    with pytest.raises(fault) as raised:
        box(server).send(MAIL)
    if answer != "cut":
        assert answer.split(" ", 1)[1].split()[0] in str(raised.value)


def test_a_server_that_is_not_there_is_tried_again() -> None:
    with pytest.raises(Temporary, match="connection to the mail server failed"):
        Smtp("127.0.0.1", 1, "none", "", "", "hub@hub.example.org").send(MAIL)


def test_starttls_encrypts_and_logs_in(certificate: ssl.SSLContext, received: Received) -> None:
    server = mail_server(received, tls=certificate, starttls=True, logins=True)
    server.start()
    try:
        box(server, security="starttls", user="hub", password="right").send(MAIL)
        with pytest.raises(Temporary, match="name or password"):
            box(server, security="starttls", user="hub", password="wrong").send(MAIL)
    finally:
        server.stop()
    assert received.encrypted == [True]
    assert received.logins[0] == ("hub", "right")


def test_tls_from_the_first_byte(certificate: ssl.SSLContext, received: Received) -> None:
    server = mail_server(received, tls=certificate)
    server.start()
    try:
        box(server, security="tls").send(MAIL)
    finally:
        server.stop()
    assert received.encrypted == [True]


def test_a_server_without_starttls_gets_nothing(server: Controller, received: Received) -> None:
    with pytest.raises(Temporary, match="cannot do what is set"):
        box(server, security="starttls").send(MAIL)
    assert not received.mails


def test_a_certificate_that_nobody_vouches_for_gets_nothing(
    certificate: ssl.SSLContext, received: Received, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("SSL_CERT_FILE")
    server = mail_server(received, tls=certificate, starttls=True)
    server.start()
    try:
        with pytest.raises(Temporary, match="certificate"):
            box(server, security="starttls").send(MAIL)
    finally:
        server.stop()
    assert not received.mails


@pytest.mark.parametrize(
    "settings",
    [
        {"HUB_SMTP_HOST": "mail.example.org", "HUB_SMTP_SECURITY": "none"},
        {"HUB_SMTP_HOST": "mail.example.org", "HUB_SMTP_SECURITY": "ssl"},
        {"HUB_SMTP_HOST": "mail.example.org", "HUB_MAIL_FROM": ""},
        {"HUB_NOTIFY_KEY": "a-key"},
    ],
)
def test_settings_that_would_not_do_are_refused(settings: dict[str, str]) -> None:
    with pytest.raises(WrongUsage, match="HUB_"):
        postbox(from_environment({"HUB_MAIL_FROM": "hub@example.org"} | settings))


def test_without_settings_there_is_no_way_out() -> None:
    assert postbox(from_environment({})) is None
