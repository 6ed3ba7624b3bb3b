"""What is sent over loopback, to servers that take it and to some that do not."""

import base64
import gzip
import json
import logging

import pytest
from rawserver import Server, reply

from workbench.errors import RateLimited, SourceError, UnsafeAddress
from workbench.http import LIMIT, Client

HOST = "api.example"
URL = f"https://{HOST}/2/rules"
MADE = reply(b'{"meta": {}}', status="201 Created")


@pytest.fixture
def server(raw_server):
    return raw_server


@pytest.fixture
def client(server):
    return Client(hosts={HOST: server.address}, interval=0)


def taking(server: Server, answer=None):
    """Let a server read what is sent, and return where it goes."""
    bodies = []

    def take(connection, head):
        above, _, below = head.partition("\r\n\r\n")
        lines = dict(line.lower().split(": ", 1) for line in above.split("\r\n")[1:])
        body = below.encode("latin-1")
        while len(body) < int(lines.get("content-length", 0)):
            body += connection.recv(65_536)
        bodies.append(body)
        connection.sendall(MADE if answer is None else answer)

    server.answer = take
    return bodies


def fields(server):
    (head,) = server.heads
    first, *rest = head.partition("\r\n\r\n")[0].split("\r\n")
    return first, {line.partition(": ")[0].lower(): line.partition(": ")[2] for line in rest}


def test_json_is_sent_and_any_answer_of_success_is_one(server, client):
    bodies = taking(server)
    rules = {"add": [{"value": "acme lang:de Zürich", "tag": "1"}]}
    answer = client.post(
        URL, json=rules, params={"dry_run": "true"}, headers={"Authorization": "Bearer k"}
    )
    assert (answer.status, json.loads(answer.content)) == (201, {"meta": {}})
    first, sent = fields(server)
    assert first == "POST /2/rules?dry_run=true HTTP/1.1"
    assert sent["content-type"] == "application/json"
    assert sent["authorization"] == "Bearer k"
    assert sent["user-agent"].startswith("boardroom-workbench/")
    assert [json.loads(body) for body in bodies] == [rules]


def test_a_form_is_sent_with_name_and_password(server, client):
    bodies = taking(server)
    form = {"grant_type": "client_credentials", "scope": ["read", "a b"]}
    client.post(URL, form=form, auth=("app", "s3cret:ü"))
    _, sent = fields(server)
    assert sent["content-type"] == "application/x-www-form-urlencoded"
    assert base64.b64decode(sent["authorization"].removeprefix("Basic ")).decode() == "app:s3cret:ü"
    assert bodies == [b"grant_type=client_credentials&scope=read&scope=a+b"]


def test_nothing_may_be_sent_too(server, client):
    bodies = taking(server, reply(status="204 No Content"))
    assert client.post(URL).status == 204
    assert bodies == [b""]
    assert fields(server)[1]["content-length"] == "0"


@pytest.mark.parametrize(
    ("answer", "message"),
    [
        (reply(status="500 Internal Server Error"), "answered 500"),
        (b"", "the connection failed"),
        (b"HTTP/1.1 200 OK\r\nContent-Length: 99\r\n\r\nshort", "the connection failed"),
        (reply(status="401 Unauthorized"), "check the key"),
        (reply(status="302 Found", Location="https://other.example/"), "not sent on"),
        (reply(status="304 Not Modified"), "check the address"),
    ],
)
def test_what_was_sent_is_not_sent_again(server, client, answer, message):
    taking(server, answer)
    with pytest.raises(SourceError, match=message):
        client.post(URL, form={"a": "1"})
    assert len(server.heads) == 1


def test_what_could_not_be_sent_is_tried_again(server, monkeypatch):
    monkeypatch.setenv("HTTPS_PROXY", f"http://{server.address}")
    server.says(reply(status="502 Bad Gateway"))
    with pytest.raises(SourceError, match="the connection failed"):
        Client(interval=0).post(URL, form={"a": "1"})
    assert len(server.heads) == 3


def test_a_host_that_asks_us_to_wait_is_left_alone_whatever_is_sent(server, client):
    taking(server, reply(status="429 Too Many Requests", Retry_After="120"))
    with pytest.raises(RateLimited) as caught:
        client.post(URL)
    assert caught.value.retry_after == 120
    for again in (client.post, client.get):
        with pytest.raises(RateLimited):
            again(URL)
    assert len(server.heads) == 1


def test_only_http_and_https_are_sent_to(client):
    with pytest.raises(UnsafeAddress):
        client.post("file:///etc/passwd", form={})


def test_nothing_of_what_is_sent_stands_in_an_error_or_a_log(server, client, caplog):
    caplog.set_level(logging.DEBUG)
    shown = ""
    for answer in (reply(status="403 Forbidden"), b"", reply(status="307 Moved", Location="/x")):
        taking(server, answer)
        with pytest.raises(SourceError) as caught:
            client.post(URL, form={"password": "s3cret"}, auth=("ana", "s3cret"))
        cause = caught.value
        while cause:
            shown += f"{cause!r} {cause}"
            cause = cause.__cause__ or cause.__context__
    hidden = base64.b64encode(b"ana:s3cret").decode()
    told = shown + caplog.text + "".join(str(vars(each)) for each in caplog.records)
    assert "s3cret" not in told
    assert hidden not in told


def test_a_body_may_be_larger_where_a_task_needs_it_and_smaller_too(server, client):
    large = b"\0" * (LIMIT + 1_000_000)
    server.says(reply(gzip.compress(large, 1), Content_Encoding="gzip"))
    assert client.get(URL, limit=2 * LIMIT).content == large
    with pytest.raises(SourceError, match="more than 10 MB"):
        client.get(URL)
    with pytest.raises(SourceError, match=r"more than 0\.5 MB"):
        client.get(URL, limit=500_000)
