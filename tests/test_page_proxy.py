"""The page under a path of a reverse proxy: nginx as the documentation sets it up, and another."""

import re
import shutil
import subprocess
import time
from contextlib import closing
from pathlib import Path

import httpx
import pytest
from loopback import free_port
from publishing import deck, markdown, notebook, post, read_state, streamed
from relay import Proxy

from workbench import store
from workbench.page import Page

DOCS = Path(__file__).parent.parent / "docs" / "how-to" / "deploy.md"
NAME = "deck.example"
TOKEN = "s3cret"
NGINX = shutil.which("nginx") or shutil.which("nginx", path="/usr/sbin")
SETUP = """
daemon off;
worker_processes 1;
pid {folder}/nginx.pid;
error_log {folder}/error.log;
events {{ worker_connections 64; }}
http {{
    access_log off;
    client_body_temp_path {folder}/body;
    proxy_temp_path {folder}/proxy;
    fastcgi_temp_path {folder}/fastcgi;
    uwsgi_temp_path {folder}/uwsgi;
    scgi_temp_path {folder}/scgi;
    server {{
        listen 127.0.0.1:{port};
        {location}
    }}
}}
"""


@pytest.fixture(scope="module")
def opened(tmp_path_factory):
    with store.open(str(tmp_path_factory.mktemp("store") / "w.db")) as opened:
        for n in range(60):
            post(opened, n)
        yield opened


@pytest.fixture(scope="module")
def page(opened, tmp_path_factory):
    folder = tmp_path_factory.mktemp("page")
    shelf = folder / "briefings"
    shelf.mkdir()
    shown = notebook(folder, markdown("# Fares"), "import workbench as wb\nwb.deck('ceo.yaml')")
    options = {"port": 0, "token": TOKEN, "base_path": "/deck/", "briefings": shelf}
    decks = [deck(folder, "ceo"), deck(folder, "cfo", "Finance")]
    with Page(decks, opened, notebooks=[shown], **options) as page:
        yield page


def port_of(page):
    return int(re.search(r":(\d+)/", page.address)[1])


@pytest.fixture(scope="module", params=["nginx", "another"])
def proxy(request, page, tmp_path_factory):
    """The address of the page's base behind a proxy."""
    if request.param == "another":
        with closing(Proxy(port_of(page))) as relay:
            yield f"http://127.0.0.1:{relay.port}/deck/"
        return
    if NGINX is None:
        pytest.skip("no nginx here; install Debian's nginx-light to test behind it too")
    folder = tmp_path_factory.mktemp("nginx")
    location = re.search(r"```nginx\n(.*?)```", DOCS.read_text(), re.DOTALL)[1]
    location = location.replace("127.0.0.1:8866", f"127.0.0.1:{port_of(page)}")
    port = free_port()
    setup = folder / "nginx.conf"
    setup.write_text(SETUP.format(folder=folder, port=port, location=location))
    with subprocess.Popen([NGINX, "-c", setup, "-e", folder / "error.log"]) as process:
        try:
            address = f"http://127.0.0.1:{port}/deck/"
            while True:
                assert process.poll() is None, (folder / "error.log").read_text()
                try:
                    httpx.get(f"{address}healthz")
                    break
                except httpx.TransportError:
                    time.sleep(0.05)
            yield address
        finally:
            process.terminate()


@pytest.fixture
def viewer(proxy):
    """Somebody who signed in under the proxy's name."""
    with httpx.Client(base_url=proxy, headers={"Host": NAME}, timeout=60) as client:
        signed = client.get("", params={"token": TOKEN})
        assert signed.status_code == 303
        assert signed.headers["location"] == "/deck/"
        cookie = signed.headers["set-cookie"].partition(";")[0]
        client.cookies.clear()
        client.headers["Cookie"] = cookie
        yield client


def test_every_page_is_there_and_every_link_stays_below_the_path(viewer):
    seen, waiting = set(), ["/deck/", "/deck/notebooks", "/deck/primer", "/deck/briefings/"]
    while waiting:
        path = waiting.pop()
        if path in seen:
            continue
        seen.add(path)
        answer = viewer.get(str(viewer.base_url.copy_with(raw_path=path.encode())))
        assert answer.status_code == 200, path
        if not answer.headers["content-type"].startswith("text/html"):
            continue
        # Of what the page itself links; posts lead to their networks.
        own = re.sub(r'id="wb-state">.*?</script>', "", answer.text)
        found = re.findall(r'(?:href|src|data-base|data-address)="(/[^"]*)"', own)
        assert all(link.startswith("/deck/") for link in found), path
        waiting += [link for link in found if link not in seen]
    for path in ("deck/ceo", "deck/cfo", "notebook/deck", "primer"):
        page = viewer.get(path)
        assert page.status_code == 200
        assert "/static/" in page.text
    assert {"/deck/primer", "/deck/notebook/deck", "/deck/deck/cfo"} <= seen
    assert {"/deck/static/deck.js", "/deck/static/notebook.js"} <= {
        path.partition("?")[0] for path in seen
    }


def test_what_is_new_comes_through_at_once(viewer, opened, proxy):
    seq = read_state(viewer.get("").text)["seq"]
    headers = {"Host": NAME, "Cookie": viewer.headers["Cookie"]}
    events = streamed(f"{proxy}events?deck=ceo&after={seq}", {"beat", "update"}, **headers)
    with closing(events):
        assert next(events)[1] == "beat"  # while the stream stays open: nothing holds it back
        port = proxy.split(":")[2].partition("/")[0]
        text = f"northwind comes through {port}"
        post(opened, port, text)
        assert any(text in str(data) for _, _, data in events)


def test_older_items_and_versions_come_through(viewer):
    state = read_state(viewer.get("").text)
    column = state["columns"][0]
    asked = {"deck": "ceo", "column": column["key"], "before": column["more"]}
    assert viewer.get("older", params=asked).json()["items"]
    assert viewer.get("notebook/deck/version").json()["version"]


def test_strangers_are_kept_out_and_nothing_is_written(proxy, viewer):
    with httpx.Client(base_url=proxy, headers={"Host": NAME}) as stranger:
        for path in ("", "primer", "notebook/deck", "notebooks", "briefings/", "events", "older"):
            assert stranger.get(path).status_code == 401
    assert viewer.post("").status_code == 405


def test_the_cookie_is_for_the_path_and_secure_over_https(proxy):
    answer = httpx.get(proxy, params={"token": TOKEN}, headers={"Host": NAME})
    cookie = answer.headers["set-cookie"]
    assert "Path=/deck/" in cookie
    assert "HttpOnly" in cookie
    # The other proxy says that it speaks HTTPS to the outside; this nginx does not.
    assert ("Secure" in cookie) is not answer.headers.get("server", "").startswith("nginx")


def test_without_token_the_page_opens_under_a_proxy_s_name_only_where_that_was_said(
    opened, tmp_path
):
    shown = deck(tmp_path)
    for sign_in, status in ((True, 421), (False, 200)):
        with (
            Page([shown], opened, port=0, base_path="deck", sign_in=sign_in) as page,
            closing(Proxy(port_of(page))) as relay,
        ):
            address = f"http://127.0.0.1:{relay.port}/deck/"
            answer = httpx.get(address, headers={"Host": NAME}, timeout=60)
            assert answer.status_code == status
