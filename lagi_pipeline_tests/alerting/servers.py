"""Real servers on the loopback that keep what they are sent: mail by SMTP, posts by HTTP."""

from __future__ import annotations

import json
import socket
import ssl
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import Any

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import AuthResult, Envelope

PASSWORD = "mat/khau@1"  # noqa: S105 - of a server that lives for a test


def free_port() -> int:
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        return int(one.getsockname()[1])


@dataclass
class MailServer:
    """A mail server; what it was sent, and what it answers to recipients."""

    port: int
    messages: list[EmailMessage] = field(default_factory=list)
    logins: list[bytes] = field(default_factory=list)
    refused: dict[str, str] = field(default_factory=dict)

    async def handle_RCPT(self, server: Any, session: Any, envelope: Envelope, address: str, options: Any) -> str:  # noqa: ANN401, N802 - aiosmtpd's name
        del server, session, options
        if address in self.refused:
            return self.refused[address]
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server: Any, session: Any, envelope: Envelope) -> str:  # noqa: ANN401, N802 - aiosmtpd's name
        del server, session
        assert isinstance(envelope.content, bytes)
        message = message_from_bytes(envelope.content, policy=default)
        assert isinstance(message, EmailMessage)
        self.messages.append(message)
        return "250 OK"

    @property
    def texts(self) -> list[str]:
        return [str(message.get_content()) for message in self.messages]


@contextmanager
def mail_server(port: int | None = None, tls: ssl.SSLContext | None = None) -> Iterator[MailServer]:
    """A mail server; with ``tls`` it offers STARTTLS and takes one user's password, under it alone."""
    made = MailServer(port or free_port())

    def authenticate(server: Any, session: Any, envelope: Any, mechanism: str, data: Any) -> AuthResult:  # noqa: ANN401 - aiosmtpd's
        del server, session, envelope, mechanism
        made.logins.append(data.login)
        return AuthResult(success=data.password == PASSWORD.encode())

    more: dict[str, Any] = {"tls_context": tls, "authenticator": authenticate} if tls else {}
    controller = Controller(made, hostname="127.0.0.1", port=made.port, **more)
    controller.start()
    try:
        yield made
    finally:
        controller.stop()


@dataclass
class HookServer:
    """A webhook; the posts it was sent, and the code it answers."""

    port: int
    code: int = 200
    headers: Mapping[str, str] = field(default_factory=dict)
    posts: list[dict[str, Any]] = field(default_factory=list)
    other: list[str] = field(default_factory=list)


@contextmanager
def hook_server() -> Iterator[HookServer]:
    made = HookServer(0)

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            said = self.rfile.read(int(self.headers["Content-Length"]))
            made.posts.append(json.loads(said))
            self.send_response(made.code)
            for name, value in made.headers.items():
                self.send_header(name, value)
            self.end_headers()

        def do_GET(self) -> None:
            made.other.append(self.path)
            self.send_response(200)
            self.end_headers()

        def log_message(self, *_: Any) -> None:  # noqa: ANN401 - as the server calls it
            return

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    made.port = server.server_port
    thread = Thread(target=server.serve_forever, args=(0.01,), daemon=True)
    thread.start()
    try:
        yield made
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
