"""The ways out, against real servers on the loopback: what arrives, and what is said where nothing does."""

from __future__ import annotations

import shutil
import socket
import ssl
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path
from threading import Thread

import pytest
from pydantic import SecretStr

from lagi_pipeline.alerting.channels import Mail, NotSentError, PartlySentError, Webhook
from lagi_pipeline.alerting.model import Alert, Kind
from lagi_pipeline.alerting.settings import (
    MAIL_FROM,
    MAIL_TO,
    SMTP,
    WEBHOOK,
    AlertSettings,
    MailSettings,
    alert_settings,
)
from lagi_pipeline_tests.alerting.servers import PASSWORD, HookServer, free_port, hook_server, mail_server

ALERT = Alert(
    key="0123456789abcdef",
    kind=Kind.RUN,
    severe=True,
    subject="[thị xã La Gi] lần chạy hỏng, quý III/2024: feeds/water",
    text="Bước hỏng: Nước sinh hoạt (feeds/water)\nViệc cần làm: xem lại",
    facts={"job": "final", "quarters": "2024-Q3..2024-Q3"},
)


def mail_to(server: str, recipients: str = "vp@lagi.example, ky.thuat@lagi.example") -> Mail:
    settings = alert_settings({SMTP: server, MAIL_FROM: "La Gi <may@lagi.example>", MAIL_TO: recipients})
    assert settings.mail is not None
    return Mail(settings.mail)


@pytest.fixture
def hook() -> Iterator[HookServer]:
    with hook_server() as server:
        yield server


def posting_to(server: HookServer) -> Webhook:
    return Webhook(alert_settings({WEBHOOK: f"http://127.0.0.1:{server.port}/hook/s3cret"}))


def test_a_mail_arrives_in_vietnamese_at_every_address() -> None:
    with mail_server() as server:
        mail_to(f"smtp+plain://127.0.0.1:{server.port}").send(ALERT)
    [message] = server.messages
    assert message["Subject"] == ALERT.subject
    assert message["From"] == "may@lagi.example"
    assert message["To"] == "vp@lagi.example, ky.thuat@lagi.example"
    assert message["Message-ID"] == "<0123456789abcdef@lagi.example>"
    assert message["Auto-Submitted"] == "auto-generated"
    assert message.get_content().splitlines() == ALERT.text.splitlines()


@pytest.fixture(scope="module")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> Path:
    if shutil.which("openssl") is None:
        pytest.skip("openssl, which makes the server's certificate, is not installed")
    folder = tmp_path_factory.mktemp("tls")
    made = ["req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-subj", "/CN=127.0.0.1"]
    files = ["-addext", "subjectAltName=IP:127.0.0.1", "-keyout", str(folder / "key"), "-out", str(folder / "cert")]
    subprocess.run(["openssl", *made, *files], check=True, capture_output=True)
    return folder


def test_a_password_goes_over_an_encrypted_connection_alone(certificate: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("lagi_pipeline.alerting.channels.SECONDS", 1)
    tls = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    tls.load_cert_chain(certificate / "cert", certificate / "key")
    quoted = PASSWORD.replace("/", "%2F").replace("@", "%40")
    with mail_server(tls=tls) as server:
        mail = mail_to(f"smtp://may:{quoted}@127.0.0.1:{server.port}")
        with pytest.raises(NotSentError, match=r"SSL"):  # nobody vouches for the certificate yet
            mail.send(ALERT)
        assert not server.logins
        monkeypatch.setenv("SSL_CERT_FILE", str(certificate / "cert"))
        mail.send(ALERT)
        assert server.logins == [b"may"]
        assert len(server.messages) == 1
        with pytest.raises(NotSentError, match=r"SMTPAuthenticationError 535|SMTPServerDisconnected"):
            mail_to(f"smtp://may:khac@127.0.0.1:{server.port}").send(ALERT)


def test_a_server_without_encryption_is_not_given_the_mail() -> None:
    with mail_server() as server, pytest.raises(NotSentError, match=r"SMTPNotSupportedError"):
        mail_to(f"smtp://may:s3cret@127.0.0.1:{server.port}").send(ALERT)
    assert not server.messages


@pytest.mark.parametrize("scheme", ["smtp+plain", "smtp", "smtps"])
def test_a_mail_server_that_is_down_is_said_without_address_or_password(scheme: str) -> None:
    user = "" if scheme == "smtp+plain" else "may:s3cret@"
    with pytest.raises(NotSentError, match=r"^ConnectionRefusedError Connection refused$"):
        mail_to(f"{scheme}://{user}127.0.0.1:{free_port()}").send(ALERT)


def test_a_server_that_says_nothing_does_not_hold_the_tick(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("lagi_pipeline.alerting.channels.SECONDS", 0.2)
    with socket.create_server(("127.0.0.1", 0)) as silent:
        began = time.monotonic()
        with pytest.raises(NotSentError, match=r"^SMTPServerDisconnected$"):
            mail_to(f"smtp+plain://127.0.0.1:{silent.getsockname()[1]}").send(ALERT)
        with pytest.raises(NotSentError, match=r"TimeoutError"):
            Webhook(alert_settings({WEBHOOK: f"http://127.0.0.1:{silent.getsockname()[1]}/"})).send(ALERT)
        assert time.monotonic() - began < 5


def test_an_address_that_is_refused_keeps_the_others_from_nothing() -> None:
    with mail_server() as server:
        server.refused["vp@lagi.example"] = "550 no such user vp"
        with pytest.raises(PartlySentError, match=r"^1 of 2 addresses were refused$"):
            mail_to(f"smtp+plain://127.0.0.1:{server.port}").send(ALERT)
        assert len(server.messages) == 1
        with pytest.raises(NotSentError, match=r"^SMTPRecipientsRefused$"):
            mail_to(f"smtp+plain://127.0.0.1:{server.port}", "vp@lagi.example").send(ALERT)


def test_an_address_that_cannot_be_written_is_a_failure_like_others() -> None:
    label = "a" * 64
    with pytest.raises(NotSentError, match=r"^UnicodeError"):
        Mail(MailSettings("smtp+plain", f"{label}.example", 25, None, None, "a@b.example", ("c@d.example",))).send(
            ALERT
        )
    for address in (f"http://{label}.example/", "http://127.0.0.1:1/thông-báo"):
        with pytest.raises(NotSentError, match=r"^Unicode"):
            Webhook(AlertSettings(webhook=SecretStr(address))).send(ALERT)


def test_a_webhook_is_posted_the_words_and_the_facts(hook: HookServer) -> None:
    posting_to(hook).send(ALERT)
    assert hook.posts == [
        {
            "key": ALERT.key,
            "kind": "run_failed",
            "severe": True,
            "subject": ALERT.subject,
            "text": f"{ALERT.subject}\n\n{ALERT.text}",
            "facts": ALERT.facts,
        }
    ]


@pytest.mark.parametrize("code", [400, 404, 429, 500, 503])
def test_an_answer_that_is_no_success_is_a_failure(hook: HookServer, code: int) -> None:
    hook.code = code
    with pytest.raises(NotSentError, match=rf"^HTTP {code}$"):
        posting_to(hook).send(ALERT)


def test_a_redirected_webhook_is_a_failure_and_not_followed(hook: HookServer) -> None:
    hook.code, hook.headers = 302, {"Location": f"http://127.0.0.1:{hook.port}/elsewhere"}
    with pytest.raises(NotSentError, match=r"^HTTP 302$"):
        posting_to(hook).send(ALERT)
    assert not hook.other


def test_a_server_that_hangs_up_is_a_failure() -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:

        def hang_up() -> None:
            server.accept()[0].close()

        thread = Thread(target=hang_up)
        thread.start()
        with pytest.raises(NotSentError) as caught:
            Webhook(alert_settings({WEBHOOK: f"http://127.0.0.1:{server.getsockname()[1]}/s3cret"})).send(ALERT)
        thread.join()
    assert "s3cret" not in str(caught.value)
