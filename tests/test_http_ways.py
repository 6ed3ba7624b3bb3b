"""Where a request is led: redirects and proxies, over loopback."""

import socket
import threading

import pytest
from rawserver import reply

from workbench.errors import SourceError, UnsafeAddress
from workbench.http import Client

HOST, OTHER = "feeds.example", "other.example"


def moved(target):
    return reply(status="302 Found", Location=target)


@pytest.fixture
def server(raw_server):
    return raw_server


@pytest.fixture
def client(server):
    return Client(hosts={HOST: server.address, OTHER: server.address}, interval=0)


@pytest.fixture
def proxy(server, monkeypatch):
    """The server as a proxy: whatever name is asked for, and be it public, it answers."""
    monkeypatch.setenv("HTTP_PROXY", f"http://ana:s3cret@{server.address}")
    monkeypatch.setenv("HTTPS_PROXY", f"http://ana:s3cret@{server.address}")
    return server


def lines(server):
    return [head.split("\r\n")[0] for head in server.heads]


# --- redirects


def test_redirects_are_followed_and_the_last_address_is_told(server, client):
    server.says(moved("b?x=1"), moved(f"https://{OTHER}/c"), reply(b"here"))
    answer = client.get(f"https://{HOST}/dir/a")
    assert (answer.content, answer.url) == (b"here", f"https://{OTHER}/c")
    assert lines(server) == ["GET /dir/a HTTP/1.1", "GET /dir/b?x=1 HTTP/1.1", "GET /c HTTP/1.1"]


def test_headers_go_no_further_than_their_host(server, client):
    server.says(moved("/b"), moved(f"https://{OTHER}/"), reply())
    client.get(f"https://{HOST}/a", headers={"Authorization": "Bearer s3cret"}, etag='"1"')
    assert ["s3cret" in head for head in server.heads] == [True, True, False]
    assert ["If-None-Match" in head for head in server.heads] == [True, True, False]


def test_a_circle_ends(server, client):
    server.says(moved("/"))
    with pytest.raises(SourceError, match="redirects more than 5 times"):
        client.get(f"https://{HOST}/")
    assert len(server.heads) == 6


@pytest.mark.parametrize(
    "target",
    [
        *("file:///etc/passwd", "gopher://x.example/", "https://a:b@x.example/", "https://["),
        "https://xn--a/",
    ],
)
def test_a_redirect_leads_to_no_other_scheme(server, client, target):
    server.says(moved(target))
    with pytest.raises(UnsafeAddress):
        client.get(f"https://{HOST}/")
    assert len(server.heads) == 1


def test_a_redirect_to_nowhere_is_an_error(server, client):
    server.says(reply(status="301 Moved Permanently"))
    with pytest.raises(SourceError, match="does not say where to"):
        client.get(f"https://{HOST}/")


def test_a_private_address_may_redirect_within_the_private_network(server):
    server.says(moved(f"http://localhost:{server.server_address[1]}/b"), reply(b"here"))
    assert Client().get(f"http://{server.address}/a").content == b"here"


@pytest.mark.parametrize(
    "target",
    [
        *("http://127.0.0.1:9/", "http://localhost/", "http://[::1]/", "http://10.1.2.3/"),
        *("http://169.254.169.254/meta", "http://0x7f000001/"),
    ],
)
def test_a_public_address_may_not_redirect_into_a_private_network(proxy, target):
    proxy.says(moved(target), reply(b"the inside"))
    with pytest.raises(UnsafeAddress, match="not on the public internet"):
        Client().get("http://93.184.215.14/")
    assert len(proxy.heads) == 1


def test_a_private_address_may_not_be_reached_by_way_of_a_public_one(proxy):
    proxy.says(moved("http://93.184.215.14/"), moved("http://10.9.9.9/"), reply(b"the inside"))
    with pytest.raises(UnsafeAddress, match="not on the public internet"):
        Client().get("http://10.1.2.3/")
    assert len(proxy.heads) == 2


def test_a_source_may_allow_a_private_host(proxy):
    proxy.says(moved("http://10.1.2.3/b"), reply(b"the inside"))
    answer = Client().get("http://93.184.215.14/", allow_private={"10.1.2.3"})
    assert answer.content == b"the inside"


# --- proxies


def test_a_proxy_of_the_environment_is_used_with_its_password(proxy):
    answer = Client().get("http://93.184.215.14:8080/a?b")
    assert answer.content == b"ok"
    assert lines(proxy) == ["GET http://93.184.215.14:8080/a?b HTTP/1.1"]
    assert "Proxy-Authorization: Basic YW5hOnMzY3JldA==\r\n" in proxy.heads[0]


def test_no_proxy_is_used_for_hosts_that_are_named_or_mapped(proxy, client, monkeypatch):
    client.get(f"http://{HOST}/mapped")
    monkeypatch.setenv("NO_PROXY", "x.example,127.0.0.1")
    client.get(f"http://{proxy.address}/direct")
    assert lines(proxy) == ["GET /mapped HTTP/1.1", "GET /direct HTTP/1.1"]


@pytest.mark.parametrize("scheme", ["https", "wss"])
def test_encrypted_connections_ask_the_proxy_for_a_tunnel(proxy, scheme):
    proxy.says(reply(status="403 Forbidden"))
    opens = {"https": Client().get, "wss": lambda url: Client().websocket(url).__enter__()}
    with pytest.raises(SourceError) as caught:
        opens[scheme](f"{scheme}://93.184.215.14/a")
    assert lines(proxy)[0] == "CONNECT 93.184.215.14:443 HTTP/1.1"
    assert "Proxy-Authorization: Basic YW5hOnMzY3JldA==\r\n" in proxy.heads[0]
    assert "403" in str(caught.value)
    assert "s3cret" not in str(caught.value)


@pytest.mark.parametrize("address", ["socks5://x.example:1080", "x://ana:s3cret@x.example"])
def test_a_proxy_of_another_kind_is_refused_by_name(server, monkeypatch, address):
    monkeypatch.setenv("HTTP_PROXY", address)
    with pytest.raises(SourceError, match="set HTTPS_PROXY and HTTP_PROXY") as caught:
        Client().get("http://93.184.215.14/")
    assert "s3cret" not in str(caught.value)
    assert server.heads == []


def test_what_comes_through_a_tunnel_is_not_lost(proxy):
    """The proxy opens the way; behind it stands a server that greets at once."""

    def answer(connection, _):
        connection.sendall(b"HTTP/1.1 200 Connection established\r\n\r\n" + b"greeting")
        connection.shutdown(socket.SHUT_WR)

    proxy.answer = answer
    with pytest.raises(SourceError, match="does not speak WebSocket"):
        Client().websocket("ws://93.184.215.14/a").__enter__()
    assert lines(proxy)[0] == "CONNECT 93.184.215.14:80 HTTP/1.1"


def test_a_client_may_be_used_by_many_threads(server, client):
    found = []

    def ask(number):
        found.append(client.get(f"https://{HOST}/{number}").status)

    threads = [threading.Thread(target=ask, args=(number,)) for number in range(20)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert found == [200] * 20
    assert len(set(lines(server))) == 20
