"""The server of a review: whom it answers, and what it refuses."""

from __future__ import annotations

import http.client
import json
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from copydesk import Chain, Document, Drop, InputError, Step
from copydesk.review.decide import Desk
from copydesk.review.runs import Located
from copydesk.review.server import Server
from copydesk.review.store import Store

EVIL = "</script><script>alert(1)</script>\u202e"


class DropFirst:
    """Drop the first block."""

    def __call__(self, document: Document) -> Iterator[Drop]:
        yield Drop(0, rule=EVIL, why=EVIL, score=0.5)


@pytest.fixture
def server(tmp_path: Path) -> Iterator[Server]:
    """Serve a run of one hostile change."""
    record = Chain((Step("s", DropFirst(), "", 1.0),)).run(f"{EVIL}\nText.\n").record
    with Store(tmp_path / "d.sqlite") as store:
        store.load([Located(tmp_path / "e.jsonl", 0, record)], "run")
        made = Server(Desk(store, tmp_path), "run <b>")
        thread = threading.Thread(target=made.serve)
        thread.start()
        yield made
        made.stop()
        thread.join(10)


class Client:
    """Asks as a browser would, or otherwise where told."""

    def __init__(self, server: Server) -> None:
        self.server = server
        self.cookie = ""

    def ask(self, path: str, body: Any = None, **headers: str | None) -> tuple[int, dict[str, str], bytes]:
        here = f"127.0.0.1:{self.server.port}"
        given = {"Host": here, "Cookie": self.cookie}
        if body is not None:
            given |= {"Origin": f"http://{here}", "Content-Type": "application/json"}
        given |= {name.replace("_", "-"): value for name, value in headers.items() if value is not None}
        for name in [name for name, value in headers.items() if value is None]:
            given.pop(name.replace("_", "-"))
        connection = http.client.HTTPConnection("127.0.0.1", self.server.port, timeout=10)
        data = body if isinstance(body, bytes) else json.dumps(body).encode() if body is not None else None
        connection.request("GET" if body is None else "POST", path, data, given)
        answer = connection.getresponse()
        found = answer.status, dict(answer.getheaders()), answer.read()
        connection.close()
        return found

    def enter(self) -> None:
        status, headers, _ = self.ask(self.server.url.partition(str(self.server.port))[2])
        assert status == 303
        assert "HttpOnly" in headers["Set-Cookie"]
        assert "SameSite=Strict" in headers["Set-Cookie"]
        self.cookie = headers["Set-Cookie"].partition(";")[0]

    def item(self) -> dict[str, Any]:
        found: dict[str, Any] = json.loads(self.ask("/api/items")[2])["items"][0]
        return found


@pytest.fixture
def client(server: Server) -> Client:
    """Return a client that has been admitted."""
    made = Client(server)
    made.enter()
    return made


def test_the_address_works_once(server: Server) -> None:
    """And nothing without it."""
    client = Client(server)
    assert client.ask("/")[0] == 403
    assert client.ask("/api/items")[0] == 403
    assert client.ask("/?token=wrong")[0] == 403
    assert client.ask("/?token=%C3%A9")[0] == 403
    client.enter()
    assert client.ask("/")[0] == 200
    address = server.url.partition(str(server.port))[2]
    assert client.ask(address)[0] == 303  # by the browser that came in with it
    assert Client(server).ask(address)[0] == 403
    assert Client(server).ask("/api/rules")[0] == 403


def test_it_is_bound_to_loopback(server: Server) -> None:
    """Whatever the machine's other addresses are."""
    assert server.url.startswith("http://127.0.0.1:")
    with pytest.raises(InputError, match="cannot be used"):
        Server(server.desk, "run", server.port)


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({"Host": "evil.example"}, 403),
        ({"Host": "localhost"}, 403),
        ({"Origin": "http://evil.example"}, 403),
        ({"Origin": None}, 403),
        ({"Origin": "null"}, 403),
        ({"Cookie": "copydesk=wrong"}, 403),
        ({"Cookie": "copydesk=\x80;;=\xff"}, 403),
        ({"Content_Type": "text/plain"}, 415),
        ({"Content_Type": "application/x-www-form-urlencoded"}, 415),
    ],
)
def test_requests_of_other_pages_are_refused(client: Client, headers: dict[str, str | None], status: int) -> None:
    """Nothing is decided by them."""
    item = client.item()
    assert client.ask("/api/decide", {"id": item["id"], "decision": "accept"}, **headers)[0] == status
    assert client.item()["state"] == "open"


@pytest.mark.parametrize(
    ("body", "status"),
    [
        (b"x" * 20_000, 413), (b"not json", 400), (b"[1]", 400), (b"\xff", 400), ({"id": "nobody", "decision": "accept"}, 400),
        ({"decision": "accept"}, 400), ({"id": 1, "decision": 2}, 400),
    ],
)  # fmt: skip
def test_what_cannot_be_understood_is_refused(client: Client, body: Any, status: int) -> None:
    """With a sentence."""
    got, _, answer = client.ask("/api/decide", body)
    assert got == status
    assert json.loads(answer)["problem"]


def test_a_decision_is_made_and_taken_back(client: Client) -> None:
    """A rejection can become only what was named on the command line."""
    item = client.item()
    assert item["choices"] == ["note"]
    decide = {"id": item["id"], "decision": "reject"}
    assert client.ask("/api/decide", {**decide, "as": "keep"})[0] == 422
    assert client.ask("/api/decide", {**decide, "as": "../../etc"})[0] == 400
    assert json.loads(client.ask("/api/decide", {**decide, "as": "note"})[2])["state"] == "rejected"
    assert client.item()["state"] == "rejected"
    assert client.ask("/api/decide", {"id": item["id"], "decision": "reopen"})[0] == 200
    assert client.item()["state"] == "open"
    assert client.ask("/api/items?risk=x&id=1")[0] == 400
    assert client.ask("/etc/passwd")[0] == 404
    assert client.ask(f"/api/context?id={item['id']}")[2] == b"{}"
    assert client.ask("/api/context?id=nobody")[0] == 400
    assert client.ask("/api/nothing", {})[0] == 404


def test_hostile_text_is_data(client: Client) -> None:
    """In the page and in answers."""
    status, headers, page = client.ask("/")
    assert status == 200
    assert page.count(b"<script") == 2
    assert b"run &lt;b&gt;" in page
    assert b"default-src &#x27;none&#x27;" in page
    assert headers["X-Frame-Options"] == "DENY"
    _, headers, answer = client.ask("/api/items")
    assert headers["Content-Type"] == "application/json"
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert json.loads(answer)["items"][0]["old"] == EVIL
