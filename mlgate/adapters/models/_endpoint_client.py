"""One HTTP client for scoring endpoints: direct, bounded in time and size, and never sending rows twice that may have arrived."""

from __future__ import annotations

import base64
import contextlib
import http.client
import json
import os
import socket
import threading
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any
from urllib.parse import SplitResult, unquote, urlsplit

from mlgate.core.errors import Cause, MeasurementError
from mlgate.core.marked import quoting

TOKEN = "MLGATE_ENDPOINT_TOKEN"
_PAUSES_S = (0.1, 0.5)  # before a request is sent again
_MOST_BYTES = 64 * 2**20
_SHOWN = 200
_LOST = (ConnectionRefusedError, ConnectionResetError, ConnectionAbortedError, BrokenPipeError)  # RemoteDisconnected is a ConnectionResetError
_STATUSES: Mapping[int, tuple[Cause, str]] = {
    401: ("configuration", f"set {TOKEN} (sent as a bearer token), or write user and password into the URL"),
    403: ("configuration", f"give the account of {TOKEN} the right to score"),
    404: ("configuration", "correct the path of `endpoint`: which model, which version?"),
    405: ("configuration", "correct the path of `endpoint`: this one takes no POST"),
    408: ("infrastructure", "raise `timeout`, lower `batch_rows`, or give the server more room"),
    413: ("configuration", "lower `batch_rows`"),
    429: ("infrastructure", "the server asks for fewer requests: raise its limit, or run when it is idle"),
}


class Client:
    """Posts JSON to one URL. Connections go straight to the host of the URL: no proxy of the environment is asked and no redirect followed."""

    def __init__(self, url: str, *, timeout_s: float) -> None:
        parts = urlsplit(url)
        try:
            port = parts.port
        except ValueError as error:
            raise _bad_url(f"port of {_shown(parts)}: {error}") from error
        if parts.scheme not in ("http", "https") or not parts.hostname:
            raise _bad_url(f"{_shown(parts)!r} is no http or https URL")
        self.place = _shown(parts)
        self._secure, self._host, self._port = parts.scheme == "https", parts.hostname, port
        self._target = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
        self._timeout_s = timeout_s
        self._secrets, self._headers = _credentials(parts)
        self._connection: http.client.HTTPConnection | None = None
        self.retries = 0

    def post(self, content: Any) -> Any:
        """The JSON answer to JSON. Raises `MeasurementError` with the status and the beginning of what came instead."""
        body = json.dumps(content, allow_nan=False, separators=(",", ":")).encode()
        status, answer = self._sent("POST", self._target, body)
        if not 200 <= status < 300:
            raise self._refused(status, answer)
        return self._read(status, answer)

    def get(self, path: str) -> Any:
        """The JSON at another path of the host, None where there is none."""
        status, answer = self._sent("GET", path, None)
        self.close()
        try:
            return self._read(status, answer) if status == 200 else None
        except MeasurementError:
            return None

    @property
    def path(self) -> str:
        """Of the URL, without its query."""
        return self._target.partition("?")[0]

    def close(self) -> None:
        """Lets go of the connection."""
        if self._connection is not None:
            self._connection.close()
            self._connection = None

    def _sent(self, method: str, target: str, body: bytes | None) -> tuple[int, bytes]:
        for pause_s in (*_PAUSES_S, None):
            try:
                return self._once(method, target, body)
            except _LOST as error:
                self.close()
                if pause_s is None:
                    raise MeasurementError(
                        f"{self.place} cannot be reached: {type(error).__name__} in {len(_PAUSES_S) + 1} attempts",
                        cause="infrastructure",
                        fix="start the server, or correct host and port of `endpoint`",
                    ) from error
                self.retries += 1
                time.sleep(pause_s)
        raise AssertionError

    def _once(self, method: str, target: str, body: bytes | None) -> tuple[int, bytes]:
        """One exchange. Raises one of `_LOST` only where no part of an answer came."""
        deadline = time.monotonic() + self._timeout_s
        answered = False
        try:
            connection = self._connected()
            with _ended(connection, deadline) as late:
                connection.request(method, target, body, self._headers)
                with connection.getresponse() as response:
                    answered = True
                    content = response.read(_MOST_BYTES + 1)
                    rest = response.length
                if late.is_set():
                    raise TimeoutError
                if rest and len(content) <= _MOST_BYTES:  # with a size to read, http.client says nothing of an early end
                    raise http.client.IncompleteRead(content, rest)
        except (OSError, http.client.HTTPException, ValueError) as error:
            self.close()
            if time.monotonic() >= deadline or isinstance(error, TimeoutError):
                raise self._late() from error
            if isinstance(error, _LOST) and not answered:
                raise
            raise self._broken(error, answered=answered) from error
        if len(content) > _MOST_BYTES:
            self.close()
            raise MeasurementError(f"{self.place} answers with more than {_MOST_BYTES // 2**20} MB", cause="model", fix="lower `batch_rows`")
        return response.status, content

    def _connected(self) -> http.client.HTTPConnection:
        if self._connection is None or self._connection.sock is None:
            kind = http.client.HTTPSConnection if self._secure else http.client.HTTPConnection
            self._connection = kind(self._host, self._port, timeout=self._timeout_s)
            self._connection.connect()
        return self._connection

    def _read(self, status: int, content: bytes) -> Any:
        try:
            return json.loads(content)
        except (ValueError, RecursionError) as error:
            raise MeasurementError(
                f"{self.place} answered with status {status} and no JSON: {self._excerpt(content)}",
                cause="model",
                fix="is `endpoint` the path that scores rows?",
            ) from error

    def _refused(self, status: int, content: bytes) -> MeasurementError:
        if 300 <= status < 400:
            cause: Cause = "configuration"
            fix = "no redirect is followed: write the URL that answers by itself"
        elif status >= 500:
            cause, fix = "infrastructure", "look into the server's log; if it fails on these rows, on which?"
        else:
            cause, fix = _STATUSES.get(status, ("model", "the server does not take these columns: compare `features` with what it was trained with"))
        return MeasurementError(f"{self.place} answered with status {status}: {self._excerpt(content)}", cause=cause, fix=fix)

    def _late(self) -> MeasurementError:
        return MeasurementError(
            f"{self.place} gave no whole answer within {self._timeout_s:g} s (time-out; the rows are not sent again)",
            cause="infrastructure",
            fix="raise `timeout` of the model, lower its `batch_rows`, or give the server more room",
        )

    def _broken(self, error: Exception, *, answered: bool) -> MeasurementError:
        when = "broke off its answer" if answered else "gave no HTTP answer" if isinstance(error, http.client.HTTPException) else "cannot be reached"
        said = self._excerpt(str(error).encode())
        return MeasurementError(
            f"{self.place} {when}: {type(error).__name__}: {said}",
            cause="infrastructure",
            fix="look into the server's log, and at the network between",
        )

    def _excerpt(self, content: bytes) -> str:
        """The first 200 characters on one line, without the secrets that were sent; it may quote values of the rows."""
        text = content[: 8 * _SHOWN].decode(errors="replace")
        for secret in self._secrets:
            text = text.replace(secret, "***")
        text = " ".join("".join(char if char.isprintable() else " " for char in text).split())
        return quoting(text[:_SHOWN] or "(nothing)")


@contextmanager
def _ended(connection: http.client.HTTPConnection, deadline: float) -> Iterator[threading.Event]:
    """Ends the connection when time is up: a socket's own time-out counts anew with every byte that drips in."""
    late, sock = threading.Event(), connection.sock

    def end() -> None:
        late.set()
        with contextlib.suppress(OSError):
            sock.shutdown(socket.SHUT_RDWR)

    timer = threading.Timer(max(0.0, deadline - time.monotonic()), end)
    timer.daemon = True
    timer.start()
    try:
        yield late
    finally:
        timer.cancel()


def _shown(parts: SplitResult) -> str:
    """The URL without user, password, query and fragment."""
    return f"{parts.scheme}://{parts.netloc.rpartition('@')[2]}{parts.path}"


def _credentials(parts: SplitResult) -> tuple[tuple[str, ...], dict[str, str]]:
    """(what must be shown nowhere, headers): user and password of the URL, else the token of the environment."""
    headers = {"Content-Type": "application/json", "Accept": "application/json", "User-Agent": "mlgate"}
    if parts.username is not None:
        user, password = unquote(parts.username), unquote(parts.password or "")
        basic = base64.b64encode(f"{user}:{password}".encode()).decode()
        return tuple(filter(None, (basic, password))), {**headers, "Authorization": f"Basic {basic}"}
    if token := os.environ.get(TOKEN, "").strip():
        if not token.isprintable() or not token.isascii():
            raise MeasurementError(f"{TOKEN} holds characters that no header may hold", cause="configuration", fix="set it to the token alone")
        return (token,), {**headers, "Authorization": f"Bearer {token}"}
    return (), headers


def _bad_url(what: str) -> MeasurementError:
    return MeasurementError(f"endpoint: {what}", cause="configuration", fix="write http://host:port/path or https://host/path")
