"""A page that asks for a token, under a path of a reverse proxy."""

import logging
import re
import socket
from urllib.parse import quote, urljoin, urlsplit

import httpx
import pytest
from publishing import SHOWS_THE_DECK, deck, notebook, post, read_state, streamed

from workbench import store
from workbench.page import Page

TOKEN = "s3cret+/=&"
ROUTES = ["", "deck/demo", "deck/no", "events", "older", "static/deck.js", "healthz", "nowhere"]


@pytest.fixture(scope="module")
def page(tmp_path_factory):
    folder = tmp_path_factory.mktemp("page")
    with store.open(str(folder / "w.db")) as opened:
        post(opened, 1)
        options = {"port": 0, "token": TOKEN, "base_path": "boardroom/air"}
        shows = notebook(folder, SHOWS_THE_DECK)
        with Page([deck(folder)], opened, notebook=shows, **options) as page:
            yield page


@pytest.fixture(scope="module")
def base(page):
    return page.address.partition("?")[0]


@pytest.fixture
def stranger(base):
    with httpx.Client(base_url=base, timeout=30) as client:
        yield client


def test_the_address_holds_the_token_and_the_path(page):
    found = re.fullmatch(r"http://127\.0\.0\.1:\d+/boardroom/air/\?token=(.+)", page.address)
    assert found[1] == "s3cret%2B%2F%3D%26"


@pytest.mark.parametrize("path", ROUTES)
def test_a_stranger_sees_nothing(stranger, path):
    for given in ("", "?token=", "?token=wrong", "?token=s3cret"):
        answer = stranger.get(path + given)
        assert answer.status_code == 401
        assert "?token=" in answer.text  # how to get in
        assert "set-cookie" not in answer.headers
        assert not re.search("demo|northwind|deck/", answer.text.lower())


def test_a_cookie_or_header_that_is_not_ours_is_no_key(stranger, base):
    name = f"workbench-{urlsplit(base).port}"
    for headers in (
        {"Cookie": f"{name}="},
        {"Cookie": f"{name}={TOKEN}"},
        {"Cookie": f"{name}=\xff".encode("latin-1")},
        {"Authorization": "Bearer wrong"},
        {"Authorization": f"Basic {TOKEN}"},
    ):
        assert stranger.get("", headers=headers).status_code == 401


@pytest.mark.parametrize("path", ["", "deck/demo", "static/deck.js", "healthz"])
def test_the_token_opens_every_route_once_for_all(stranger, base, path):
    answer = stranger.get(path, params={"token": TOKEN, "v": "a b"})
    assert answer.status_code == 303
    assert answer.headers["location"] == f"/boardroom/air/{path}?v=a+b"
    cookie = answer.headers["set-cookie"].lower()
    assert "httponly" in cookie
    assert "samesite=strict" in cookie
    assert "path=/boardroom/air/" in cookie
    assert "secure" not in cookie
    assert TOKEN.lower() not in cookie
    there = urljoin(base, answer.headers["location"])
    opened = stranger.get(there)  # the client has kept the cookie
    assert opened.status_code == 200
    # Whoever opens it gets no hold on its window.
    assert opened.headers["cross-origin-opener-policy"] == "same-origin"
    assert stranger.get("static/notebook.css").status_code == 200


def test_behind_https_the_cookie_is_secure(stranger):
    for scheme in ("https", "https, http"):
        headers = {"X-Forwarded-Proto": scheme, "Host": "deck.example"}
        answer = stranger.get("", params={"token": TOKEN}, headers=headers)
        assert "; Secure" in answer.headers["set-cookie"]


def test_the_way_back_stays_here(base):
    parts = urlsplit(base)
    address = f"http://{parts.netloc}//evil.example/x"
    answer = httpx.get(address, params={"token": TOKEN})
    assert answer.headers["location"] == "/evil.example/x"
    with socket.create_connection((parts.hostname, parts.port), timeout=10) as raw:
        # Browsers read a backslash as a slash, and httpx does not send one.
        head = f"GET /\\evil.example/?token={quote(TOKEN, safe='')} HTTP/1.1\r\n"
        raw.sendall(f"{head}Host: {parts.netloc}\r\nConnection: close\r\n\r\n".encode())
        assert b"\r\nLocation: /evil.example/\r\n" in raw.makefile("rb").read()


def test_programs_bring_the_token_in_a_header(base):
    bearer = {"Authorization": f"Bearer {TOKEN}"}
    assert httpx.get(f"{base}healthz", headers=bearer).json()["status"] == "ok"
    _, _, state = next(streamed(f"{base}events", {"state"}, **bearer))
    assert state["columns"][0]["items"]


def test_who_follows_a_link_on_another_site_is_asked_once_more(stranger):
    refresh = '<meta http-equiv="refresh" content="0">'
    assert refresh in stranger.get("", headers={"Sec-Fetch-Site": "cross-site"}).text
    for site in ("same-origin", "none"):
        assert refresh not in stranger.get("", headers={"Sec-Fetch-Site": site}).text


def test_links_are_under_the_path(base):
    bearer = {"Authorization": f"Bearer {TOKEN}"}
    html = httpx.get(base, headers=bearer).text
    links = re.findall(r'(?:href|src)="(/[^"]+)"', html)
    assert len([link for link in links if "/static/" in link]) == 1
    assert all(link.startswith("/boardroom/air/") for link in links)
    assert read_state(html)["deck"]["name"] == "demo"
    bare = base.removesuffix("/")
    assert httpx.get(bare, headers=bearer).headers["location"] == "/boardroom/air/"
    outside = httpx.get(base.replace("boardroom/air/", ""), headers=bearer)
    assert outside.status_code == 404


def test_the_token_is_never_logged(page, stranger, caplog, capfd):
    caplog.set_level(logging.DEBUG)
    for client in ("httpx", "httpcore"):  # the one who asks, not the one who is asked
        caplog.set_level(logging.ERROR, logger=client)
    for path in ROUTES:
        stranger.get(path, params={"token": TOKEN})
        stranger.post(path, params={"token": TOKEN})
        stranger.get(path, params={"token": f"x{TOKEN}", "before": "\x00", "column": "a"})
    told = caplog.text + "".join(capfd.readouterr())
    assert "s3cret" not in told
    assert TOKEN not in repr(page)
