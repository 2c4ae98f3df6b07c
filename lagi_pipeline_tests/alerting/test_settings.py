"""Where alerts go, as the environment says it: what is taken, and what is refused without repeating a secret."""

from __future__ import annotations

import pytest

from lagi_pipeline.alerting.channels import channels
from lagi_pipeline.alerting.settings import MAIL_FROM, MAIL_TO, SMTP, WEBHOOK, AlertSettingsError, alert_settings

MAIL = {SMTP: "smtp://may:s%40cret@mail.example", MAIL_FROM: "may@lagi.example", MAIL_TO: "a@b.example,c@d.example"}


def test_nothing_set_is_no_channel() -> None:
    assert channels(alert_settings({})) == []
    assert channels(alert_settings({SMTP: " ", WEBHOOK: ""})) == []


def test_all_set_is_both_channels() -> None:
    ways = channels(alert_settings(MAIL | {WEBHOOK: "https://chat.example/hook/s3cret"}))
    assert [way.name for way in ways] == ["mail", "webhook"]


@pytest.mark.parametrize(
    ("server", "scheme", "port", "user"),
    [
        ("smtp://may:x@mail.example", "smtp", 587, "may"),
        ("smtps://may:x@mail.example", "smtps", 465, "may"),
        ("smtp+plain://mail.example", "smtp+plain", 25, None),
        ("smtp://mail.example:2525/", "smtp", 2525, None),
    ],
)
def test_a_mail_server_is_read_from_its_address(server: str, scheme: str, port: int, user: str | None) -> None:
    mail = alert_settings(MAIL | {SMTP: server}).mail
    assert mail is not None
    assert (mail.scheme, mail.host, mail.port, mail.user) == (scheme, "mail.example", port, user)


def test_a_quoted_password_is_unquoted_and_never_printed() -> None:
    settings = alert_settings(MAIL | {WEBHOOK: "https://chat.example/s3cret"})
    assert settings.mail is not None
    assert settings.mail.password is not None
    assert settings.mail.password.get_secret_value() == "s@cret"
    assert "@cret" not in repr(settings)
    assert "s3cret" not in repr(settings)
    assert settings.mail.recipients == ("a@b.example", "c@d.example")


def test_addresses_stand_between_commas_or_semicolons_each_once() -> None:
    mail = alert_settings(MAIL | {MAIL_TO: 'a@b.example; "Vũ, văn thư" <c@d.example>, a@b.example;'}).mail
    assert mail is not None
    assert mail.recipients == ("a@b.example", "c@d.example")


@pytest.mark.parametrize(
    ("wrong", "variable"),
    [
        ({MAIL_TO: ""}, MAIL_TO),
        ({MAIL_FROM: ""}, MAIL_FROM),
        ({SMTP: ""}, SMTP),
        ({SMTP: "mail.example:587"}, SMTP),
        ({SMTP: "ftp://may:s3cret@mail.example"}, SMTP),
        ({SMTP: "smtp://may:s3cret@mail.example:70000"}, SMTP),
        ({SMTP: "smtp://may:s3cret@[mail"}, SMTP),
        ({SMTP: "smtp://may@mail.example"}, SMTP),
        ({SMTP: "smtp://may:mật-s3cret@mail.example"}, SMTP),
        ({SMTP: "smtp+plain://may:s3cret@mail.example"}, SMTP),
        ({MAIL_TO: "a@b.example, văn phòng"}, MAIL_TO),
        ({MAIL_TO: "a@b.example c@d.example"}, MAIL_TO),
        ({MAIL_TO: "a@b.example\nBcc: c@d.example"}, MAIL_TO),
        ({MAIL_TO: " ,; "}, MAIL_TO),
        ({MAIL_TO: f"a@{'b' * 64}.example"}, MAIL_TO),
        ({MAIL_FROM: "may"}, MAIL_FROM),
        ({SMTP: "smtp+plain://máy.example"}, SMTP),
        ({SMTP: f"smtp+plain://{'a' * 64}.example"}, SMTP),
        ({WEBHOOK: "https://máy.example/s3cret"}, WEBHOOK),
        ({WEBHOOK: "https://a..b/s3cret"}, WEBHOOK),
        ({WEBHOOK: "https://chat.example/thông-báo/s3cret"}, WEBHOOK),
        ({WEBHOOK: "https://may:s3cret@chat.example/"}, WEBHOOK),
        ({WEBHOOK: "file:///etc/s3cret"}, WEBHOOK),
        ({WEBHOOK: "chat.example/s3cret"}, WEBHOOK),
    ],
)
def test_what_cannot_be_meant_is_refused_by_the_name_of_its_variable(wrong: dict[str, str], variable: str) -> None:
    with pytest.raises(AlertSettingsError, match=variable) as caught:
        alert_settings(MAIL | wrong)
    assert "s3cret" not in str(caught.value)
