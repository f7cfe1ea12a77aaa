"""The page of a review, served on loopback to one browser: a one-time token, then a cookie, all requests checked."""

from __future__ import annotations

import hmac
import json
import secrets
import threading
from collections.abc import Callable
from http import HTTPStatus
from http.cookies import CookieError, SimpleCookie
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, cast, get_args
from urllib.parse import parse_qs, urlsplit

from copydesk.errors import CopydeskError, InputError
from copydesk.explain.compare_page import escaped
from copydesk.explain.html import asset, document
from copydesk.review.chainfile import ChangedByHandError
from copydesk.review.decide import As, Desk
from copydesk.review.store import PAGE

_COOKIE = "copydesk"
_MOST = 10_000


class Refused(Exception):  # noqa: N818  # an answer, not an error of ours
    """A request that is not answered: the status and what to say."""

    def __init__(self, status: HTTPStatus, why: str) -> None:
        super().__init__(why)
        self.status = status


class Server:
    """Serves one desk. `url` holds the token that the first visit uses up."""

    def __init__(self, desk: Desk, name: str, port: int = 0) -> None:
        """Bind loopback; InputError where the port is taken."""
        self.desk = desk
        self.name = name
        self._token: str | None = secrets.token_urlsafe(24)
        self._session = secrets.token_urlsafe(24)
        self._lock = threading.Lock()
        handler = type("Handler", (_Handler,), {"app": self})
        try:
            self._http = ThreadingHTTPServer(("127.0.0.1", port), handler)
        except OSError as error:
            raise InputError(
                f"port {port} cannot be used: {error.strerror}; leave --port out, or name another"
            ) from None
        self._http.daemon_threads = True
        self.port: int = self._http.server_address[1]
        self.url = f"http://127.0.0.1:{self.port}/?token={self._token}"

    def serve(self) -> None:
        """Answer until interrupted or stopped."""
        try:
            self._http.serve_forever(poll_interval=0.2)
        finally:
            self._http.server_close()

    def stop(self) -> None:
        """Stop a server that another thread serves."""
        self._http.shutdown()

    def admit(self, token: str) -> str:
        """Return the session for the token, which is used up by it."""
        with self._lock:
            if self._token is None or not hmac.compare_digest(token.encode(), self._token.encode()):
                raise Refused(
                    HTTPStatus.FORBIDDEN, "This address was used already, or is wrong; start the review again."
                )
            self._token = None
            return self._session

    def knows(self, cookie: str) -> bool:
        """Tell whether a cookie is that of the browser that was admitted."""
        try:
            given = SimpleCookie(cookie)
        except CookieError:
            return False
        value = given[_COOKIE].value if _COOKIE in given else ""
        return hmac.compare_digest(value.encode(), self._session.encode())

    def check(self, cookie: str) -> None:
        """Refuse who has not been admitted."""
        if not self.knows(cookie):
            raise Refused(HTTPStatus.FORBIDDEN, "Open the address that copydesk review printed.")

    def check_host(self, host: str | None) -> None:
        """Refuse a name that was made to lead here."""
        if host != f"127.0.0.1:{self.port}":
            raise Refused(HTTPStatus.FORBIDDEN, "Another host was asked for.")

    def page(self) -> str:
        """Return the page."""
        named = [file.path for file in self.desk.files] + ([self.desk.golden] if self.desk.golden else [])
        targets = map(escaped, named)
        body = asset("review.html").format(
            name=escaped(self.name), targets=", ".join(targets) or "notes only", store=escaped(self.desk.store.path)
        )
        data = {"possible": self.desk.possible}
        styles, scripts = ("common.css", "list.css", "review.css"), ("text.js", "review.js")
        return document(f"Review: {self.name}", body, data, styles=styles, scripts=scripts, connect="'self'")

    def get(self, path: str, query: dict[str, str]) -> Any:
        """Answer a question."""
        store = self.desk.store
        with self._lock:
            if path == "/api/rules":
                return store.rules()
            if path == "/api/context":
                around = self.desk.context(store.item(query["id"]))
                return {"before": around[0], "after": around[1]} if around else {}
            if path == "/api/items":
                after = (float(query["risk"]), query["id"]) if "risk" in query else None
                found = store.items(
                    stage=query.get("stage", ""), rule=query.get("rule", ""), state=query.get("state", ""), after=after
                )
                rows = [item.to_json() | {"choices": self.desk.choices(item)} for item in found]
                last = [found[-1].risk, found[-1].id] if len(found) == PAGE else None
                return {"items": rows, "next": last}
        raise Refused(HTTPStatus.NOT_FOUND, "There is nothing here.")

    def post(self, path: str, body: dict[str, Any]) -> Any:
        """Do what is asked for."""
        with self._lock:
            if path == "/api/adopt":
                for file in self.desk.files:
                    file.adopt()
                return {}
            if path != "/api/decide":
                raise Refused(HTTPStatus.NOT_FOUND, "There is nothing here.")
            item = self.desk.store.item(str(body.get("id")))
            decision, as_ = body.get("decision"), body.get("as")
            if decision == "accept":
                self.desk.accept(item)
            elif decision == "reopen":
                self.desk.reopen(item)
            elif decision == "reject" and as_ in get_args(As):
                self.desk.reject(item, cast("As", as_))
            else:
                raise Refused(HTTPStatus.BAD_REQUEST, "A decision is accept, reject or reopen.")
            again = self.desk.store.item(item.id)
            return again.to_json() | {"choices": self.desk.choices(again)}


class _Handler(BaseHTTPRequestHandler):
    app: Server
    server_version = "copydesk"
    sys_version = ""
    timeout = 30

    def do_GET(self) -> None:
        """Answer a GET."""
        self._answer(self._get)

    def do_POST(self) -> None:
        """Answer a POST."""
        self._answer(self._post)

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002  # the base class calls it so
        """Say nothing: names in requests may be hostile."""

    def _answer(self, act: Callable[[], None]) -> None:
        try:
            self.app.check_host(self.headers.get("Host"))
            act()
        except Refused as refused:
            self._json(refused.status, {"problem": str(refused)})
        except ChangedByHandError as error:
            self._json(HTTPStatus.CONFLICT, {"problem": str(error), "changed": True})
        except CopydeskError as error:
            self._json(HTTPStatus.UNPROCESSABLE_ENTITY, {"problem": str(error)})
        except (KeyError, ValueError):
            self._json(HTTPStatus.BAD_REQUEST, {"problem": "The request cannot be understood."})
        except OSError as error:
            self._json(HTTPStatus.INTERNAL_SERVER_ERROR, {"problem": f"{error.filename or ''}: {error.strerror}"})

    def _get(self) -> None:
        parts = urlsplit(self.path)
        query = {key: values[0] for key, values in parse_qs(parts.query).items()}
        cookie = self.headers.get("Cookie", "")
        if parts.path == "/" and "token" in query:
            session = None if self.app.knows(cookie) else self.app.admit(query["token"])
            self.send_response(HTTPStatus.SEE_OTHER)
            if session:  # the same browser may follow the address again
                self.send_header("Set-Cookie", f"{_COOKIE}={session}; HttpOnly; SameSite=Strict; Path=/")
            self.send_header("Location", "/")
            self.send_header("Content-Length", "0")
            self.end_headers()
            return
        self.app.check(cookie)
        if parts.path == "/":
            self._send(HTTPStatus.OK, "text/html; charset=utf-8", self.app.page().encode("utf-8"))
            return
        self._json(HTTPStatus.OK, self.app.get(parts.path, query))

    def _post(self) -> None:
        self.app.check(self.headers.get("Cookie", ""))
        if self.headers.get("Origin") != f"http://127.0.0.1:{self.app.port}":
            raise Refused(HTTPStatus.FORBIDDEN, "The request came from another page.")
        if self.headers.get("Content-Type") != "application/json":
            raise Refused(HTTPStatus.UNSUPPORTED_MEDIA_TYPE, "JSON is expected.")
        length = int(self.headers.get("Content-Length", "-1"))
        if not 0 <= length <= _MOST:
            raise Refused(HTTPStatus.REQUEST_ENTITY_TOO_LARGE, f"At most {_MOST} bytes are expected.")
        body = json.loads(self.rfile.read(length))
        if not isinstance(body, dict):
            raise Refused(HTTPStatus.BAD_REQUEST, "An object is expected.")
        self._json(HTTPStatus.OK, self.app.post(self.path, body))

    def _json(self, status: HTTPStatus, value: Any) -> None:
        self._send(status, "application/json", json.dumps(value).encode("ascii"))

    def _send(self, status: HTTPStatus, kind: str, data: bytes) -> None:
        self.send_response(status)
        for name, value in (
            ("Content-Type", kind),
            ("Content-Length", str(len(data))),
            ("Cache-Control", "no-store"),
            ("X-Content-Type-Options", "nosniff"),
            ("X-Frame-Options", "DENY"),
            ("Referrer-Policy", "no-referrer"),
            ("Cross-Origin-Resource-Policy", "same-origin"),
        ):
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(data)
