"""The ways out: mail by SMTP and a webhook by HTTP, with the standard library; each sends one alert or says why not.

What went wrong is told by its kind and code alone: a server's answer may repeat a password or an address.
"""

from __future__ import annotations

import json
import smtplib
import ssl
import urllib.error
import urllib.request
from dataclasses import dataclass
from email.message import EmailMessage
from email.utils import formatdate
from http.client import HTTPException
from typing import Any, Protocol

from lagi_pipeline.alerting.model import Alert
from lagi_pipeline.alerting.settings import AlertSettings, MailSettings

SECONDS = 5
"""For each answer of a server: a tick of a sensor has a minute."""


class NotSentError(RuntimeError):
    """An alert could not be handed over; it may be tried again."""


class Channel(Protocol):
    """A way out."""

    @property
    def name(self) -> str:
        """What it is called in the log and in the outbox."""
        ...

    def send(self, alert: Alert) -> None:
        """Hand an alert over.

        Raises:
            NotSentError: it was not taken.
        """
        ...


@dataclass(frozen=True)
class Mail:
    """Mail over SMTP; encrypted, unless the settings name a relay of the own network."""

    settings: MailSettings
    name: str = "mail"

    def send(self, alert: Alert) -> None:
        """Send it as a plain text.

        Raises:
            NotSentError: the server cannot be reached, offers no encryption, or refuses.
        """
        try:
            with self._connected() as server:
                if self.settings.scheme == "smtp":
                    server.starttls(context=ssl.create_default_context())
                if self.settings.user and self.settings.password:
                    server.login(self.settings.user, self.settings.password.get_secret_value())
                refused = server.send_message(self._message(alert))
        except smtplib.SMTPResponseException as error:
            raise NotSentError(f"{type(error).__name__} {error.smtp_code}") from None
        except (OSError, smtplib.SMTPException, ValueError) as error:  # a name or an address that cannot be written
            raise NotSentError(_said(error)) from None
        if refused:  # the others have it: to send it again would tell them twice
            raise PartlySentError(f"{len(refused)} of {len(self.settings.recipients)} addresses were refused")

    def _connected(self) -> smtplib.SMTP:
        where = self.settings.host, self.settings.port
        if self.settings.scheme == "smtps":
            return smtplib.SMTP_SSL(*where, timeout=SECONDS, context=ssl.create_default_context())
        return smtplib.SMTP(*where, timeout=SECONDS)

    def _message(self, alert: Alert) -> EmailMessage:
        message = EmailMessage()
        message["Subject"] = alert.subject
        message["From"] = self.settings.sender
        message["To"] = ", ".join(self.settings.recipients)
        message["Date"] = formatdate(localtime=True)
        message["Message-ID"] = f"<{alert.key}@{self.settings.sender.partition('@')[2]}>"
        message["Auto-Submitted"] = "auto-generated"
        if alert.severe:
            message["X-Priority"] = "1"
        message.set_content(alert.text)
        return message


class PartlySentError(RuntimeError):
    """An alert reached some of its addresses; it is not tried again."""


class _NoRedirect(urllib.request.HTTPRedirectHandler):
    """A redirected POST would arrive as an empty GET, perhaps elsewhere: it is a failure instead."""

    def redirect_request(self, *_: Any) -> None:  # noqa: ANN401 - as urllib calls it
        return None


@dataclass(frozen=True)
class Webhook:
    """A JSON POST: ``text`` and ``subject`` for chat programs, ``kind`` and the facts for others."""

    settings: AlertSettings
    name: str = "webhook"

    def send(self, alert: Alert) -> None:
        """Post it.

        Raises:
            NotSentError: the server cannot be reached, or its answer is not one of success.
        """
        if self.settings.webhook is None:
            raise NotSentError("no address is set")
        said = {"key": alert.key, "kind": alert.kind, "severe": alert.severe, "subject": alert.subject}
        body = json.dumps(said | {"text": f"{alert.subject}\n\n{alert.text}"} | {"facts": alert.facts})
        try:
            self._post(self.settings.webhook.get_secret_value(), body.encode())
        except urllib.error.HTTPError as error:
            with error:
                raise NotSentError(f"HTTP {error.code}") from None
        except (OSError, HTTPException, ValueError) as error:  # an address that cannot be written is a ValueError
            reason = error.reason if isinstance(error, urllib.error.URLError) else error
            raise NotSentError(_said(reason) if isinstance(reason, Exception) else type(error).__name__) from None

    def _post(self, address: str, body: bytes) -> None:
        request = urllib.request.Request(  # noqa: S310 - the settings take http and https alone
            address,
            data=body,
            headers={"Content-Type": "application/json; charset=utf-8", "User-Agent": "lagi-pipeline"},
            method="POST",
        )
        with urllib.request.build_opener(_NoRedirect).open(request, timeout=SECONDS):
            return


def channels(settings: AlertSettings) -> list[Channel]:
    """The channels that are set up."""
    mail = [Mail(settings.mail)] if settings.mail else []
    return [*mail, *([Webhook(settings)] if settings.webhook else [])]


def _said(error: Exception) -> str:
    """The kind of an error and what the system says of it; never what a server said."""
    system = error.strerror if isinstance(error, OSError) and error.strerror else ""
    return f"{type(error).__name__} {system}".strip()
