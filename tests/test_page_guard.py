"""Who may see the page."""

import pytest

from workbench.errors import SettingError
from workbench.page.guard import Guard, is_loopback


@pytest.mark.parametrize(
    ("host", "expected"),
    [
        ("127.0.0.1", True),
        ("127.8.9.10", True),
        ("::1", True),
        ("[::1]", True),
        ("localhost", True),
        ("0.0.0.0", False),
        ("::", False),
        ("192.168.1.20", False),
        ("", False),
        ("deck.example", False),
        ("127.0.0.1.example", False),
    ],
)
def test_loopback_is_what_only_this_machine_reaches(host, expected):
    assert is_loopback(host) is expected


@pytest.mark.parametrize("host", ["0.0.0.0", "192.168.1.20", "::", "", "deck.example"])
def test_others_are_kept_out_or_let_in_on_purpose(host):
    with pytest.raises(SettingError, match=r"--token.*--no-sign-in"):
        Guard(host, None)
    assert not Guard(host, "secret").is_open
    assert Guard(host, None, sign_in=False).is_open


@pytest.mark.parametrize("token", ["", "  "])
def test_an_empty_token_is_not_taken_for_none(token):
    with pytest.raises(SettingError, match="token is empty"):
        Guard("127.0.0.1", token)


def test_a_token_that_nobody_asks_for_is_an_error():
    with pytest.raises(SettingError, match="contradict"):
        Guard("127.0.0.1", "secret", sign_in=False)


@pytest.mark.parametrize("header", ["localhost:8866", "127.0.0.1", "[::1]:1", "LOCALHOST"])
def test_an_open_page_answers_to_its_own_names(header):
    assert Guard("127.0.0.1", None).knows_host(header)


@pytest.mark.parametrize("header", ["evil.example", "127.0.0.1.evil.example:8866", "", "[", "a@b"])
def test_an_open_page_on_loopback_answers_to_no_other_name(header):
    assert not Guard("127.0.0.1", None).knows_host(header)


def test_any_name_may_be_handed_on_where_a_token_is_asked_for_or_nobody_is_kept_out():
    assert Guard("127.0.0.1", "secret").knows_host("deck.example")
    assert Guard("0.0.0.0", None, sign_in=False).knows_host("deck.example")
    assert Guard("127.0.0.1", None, sign_in=False).knows_host("deck.example")


def test_cookie_and_bearer_admit():
    guard = Guard("127.0.0.1", "sécret+/=")
    assert guard.admits(cookie=guard.cookie, authorization=None)
    assert guard.admits(cookie=None, authorization="Bearer sécret+/=")
    assert guard.admits(cookie=None, authorization="bearer sécret+/=")


@pytest.mark.parametrize(
    ("cookie", "authorization"),
    [
        (None, None),
        ("", ""),
        ("secret", None),
        (None, "Bearer "),
        (None, "Bearer secre"),
        (None, "Bearer secret2"),
        (None, "Basic secret"),
        (None, "secret"),
        ("é\udcff", "Bearer é\udcff"),
    ],
)
def test_anything_else_does_not_admit(cookie, authorization):
    assert not Guard("127.0.0.1", "secret").admits(cookie=cookie, authorization=authorization)


def test_the_cookie_gives_nothing_away_and_outlives_a_restart():
    guard = Guard("127.0.0.1", "secret")
    assert "secret" not in guard.cookie
    assert guard.cookie == Guard("0.0.0.0", "secret").cookie
    assert guard.cookie != Guard("0.0.0.0", "other").cookie
    assert not guard.is_token(guard.cookie)


def test_without_a_token_no_cookie_is_a_key():
    guard = Guard("127.0.0.1", None)
    assert not guard.is_token("")
    assert guard.admits(cookie=None, authorization=None)
