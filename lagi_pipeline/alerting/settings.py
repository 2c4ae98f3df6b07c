"""Where alerts go: read once from the environment, secrets kept out of every text.

| variable | is |
| --- | --- |
| ``LAGI_ALERT_SMTP`` | ``smtp://user:password@host:587`` (STARTTLS, always), ``smtps://…:465`` (TLS from the start),
  or ``smtp+plain://host:25`` (no encryption, no password: a relay of the own network) |
| ``LAGI_ALERT_MAIL_FROM`` | the sender's address |
| ``LAGI_ALERT_MAIL_TO`` | addresses, with commas or semicolons between |
| ``LAGI_ALERT_WEBHOOK`` | an ``https://`` or ``http://`` address that takes a JSON POST; no user and password in it |
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from email.utils import getaddresses
from urllib.parse import SplitResult, unquote, urlsplit

from pydantic import SecretStr

SMTP, MAIL_FROM, MAIL_TO, WEBHOOK = (
    "LAGI_ALERT_SMTP",
    "LAGI_ALERT_MAIL_FROM",
    "LAGI_ALERT_MAIL_TO",
    "LAGI_ALERT_WEBHOOK",
)
_LONGEST_LABEL = 63
"""Of a host's name between two dots."""
_PORTS = {"smtp": 587, "smtps": 465, "smtp+plain": 25}


class AlertSettingsError(ValueError):
    """A variable says what cannot be meant; the message names it, never what it holds."""


@dataclass(frozen=True)
class MailSettings:
    """A mail server and who writes to whom. ``scheme`` is how the connection is kept from being read."""

    scheme: str
    host: str
    port: int
    user: str | None
    password: SecretStr | None
    sender: str
    recipients: tuple[str, ...]


@dataclass(frozen=True)
class AlertSettings:
    """The channels that are set up; without any, alerts stand in the log alone."""

    mail: MailSettings | None = None
    webhook: SecretStr | None = None


def alert_settings(environment: Mapping[str, str]) -> AlertSettings:
    """Read the settings of the environment; a blank variable is none.

    Raises:
        AlertSettingsError: a variable cannot be meant, or one of the mail's is missing.
    """
    said = {name: environment.get(name, "").strip() for name in (SMTP, MAIL_FROM, MAIL_TO, WEBHOOK)}
    mail = [said[name] for name in (SMTP, MAIL_FROM, MAIL_TO)]
    if any(mail) and not all(mail):
        raise AlertSettingsError(f"{SMTP}, {MAIL_FROM} and {MAIL_TO} belong together: set all three or none")
    return AlertSettings(
        mail=_mail(*mail) if all(mail) else None,
        webhook=_webhook(said[WEBHOOK]) if said[WEBHOOK] else None,
    )


def _mail(server: str, sender: str, recipients: str) -> MailSettings:
    url, port = _split(server, SMTP)
    if url.scheme not in _PORTS or not url.hostname or url.path.strip("/") or url.query:
        raise AlertSettingsError(
            f"{SMTP} is no address like smtp://user:password@host:587, smtps://… or smtp+plain://…"
        )
    _require_host(url.hostname, SMTP)
    if bool(url.username) != bool(url.password):
        raise AlertSettingsError(f"{SMTP} has a user without a password, or the other way round")
    if url.username and url.scheme == "smtp+plain":
        raise AlertSettingsError(f"{SMTP} would send its password unencrypted: use smtp:// (STARTTLS) or smtps://")
    if not unquote(url.username or "").isascii() or not unquote(url.password or "").isascii():
        raise AlertSettingsError(f"{SMTP} has a letter in user or password that the login of SMTP cannot carry")
    return MailSettings(
        scheme=url.scheme,
        host=url.hostname,
        port=port or _PORTS[url.scheme],
        user=unquote(url.username) if url.username else None,
        password=SecretStr(unquote(url.password)) if url.password else None,
        sender=_addresses(sender, MAIL_FROM)[0],
        recipients=_addresses(recipients, MAIL_TO),
    )


def _webhook(address: str) -> SecretStr:
    url, _ = _split(address, WEBHOOK)
    if url.scheme not in {"http", "https"} or not url.hostname:
        raise AlertSettingsError(f"{WEBHOOK} is no address that begins with https:// or http://")
    if url.username is not None or url.password is not None:
        raise AlertSettingsError(f"{WEBHOOK} has a user or a password before its host, which would not be sent")
    if not _is_printable(address):
        raise AlertSettingsError(f"{WEBHOOK} has a letter that an address cannot carry: write it as %XX")
    _require_host(url.hostname, WEBHOOK)
    return SecretStr(address)


def _split(address: str, variable: str) -> tuple[SplitResult, int | None]:
    """An address in its parts, and its port."""
    try:
        url = urlsplit(address)
        port = url.port
    except ValueError:
        raise AlertSettingsError(f"{variable} is no address: its host or port cannot be read") from None
    return url, port


def _require_host(host: str, variable: str) -> None:
    if not _is_printable(host) or any(not 0 < len(label) <= _LONGEST_LABEL for label in host.rstrip(".").split(".")):
        raise AlertSettingsError(f"{variable} is no address: its host cannot be one")


def _is_printable(text: str) -> bool:
    """Whether it is of the characters that the protocols carry: ASCII, no space, nothing that steers."""
    return text.isascii() and text.isprintable() and " " not in text


def _addresses(text: str, variable: str) -> tuple[str, ...]:
    """The mail addresses that a list holds, each once; nothing of it may be left over."""
    listed = text.replace(";", ",").strip(", ")
    addresses = [address for _, address in getaddresses([listed])] if listed.isprintable() else [""]
    for address in addresses:
        name, _, domain = address.partition("@")
        if not name or not domain or "@" in domain or not _is_printable(address):
            raise AlertSettingsError(f"{variable} holds what is no mail address")
        _require_host(domain, variable)
    if not addresses:
        raise AlertSettingsError(f"{variable} holds no mail address")
    return tuple(dict.fromkeys(addresses))
