"""HTTP servers in a thread that answer, or misbehave, as a test says: each handler is given what came and says what goes back."""

from __future__ import annotations

import contextlib
import json
import socket
import struct
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any


@dataclass
class Served:
    """A running server: its address, and the requests that came (method, path, headers, JSON)."""

    url: str
    requests: list[tuple[str, str, dict[str, str], Any]] = field(default_factory=list)

    @property
    def posted(self) -> list[Any]:
        return [content for method, _, _, content in self.requests if method == "POST"]


@dataclass
class Reply:
    """What goes back: JSON of `content`, or the bytes that it is."""

    content: Any
    status: int = 200
    headers: dict[str, str] = field(default_factory=dict)


class Reset(Exception):  # noqa: N818  what a handler raises to reset the connection without an answer
    pass


Answer = Callable[[str, str, Any], Any]


@contextmanager
def serving(answer: Answer) -> Iterator[Served]:
    """`answer(method, path, content)` gives a `Reply`, plain content for one with status 200, or raises `Reset`."""

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_GET(self) -> None:
            self._serve("GET")

        def do_POST(self) -> None:
            self._serve("POST")

        def _serve(self, method: str) -> None:
            body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
            content = json.loads(body) if body else None
            served.requests.append((method, self.path, dict(self.headers), content))
            try:
                reply = answer(method, self.path, content)
            except Reset:
                self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
                self.close_connection = True
                self.connection.close()
                return
            reply = reply if isinstance(reply, Reply) else Reply(reply)
            data = reply.content if isinstance(reply.content, bytes) else json.dumps(reply.content).encode()
            with contextlib.suppress(OSError):
                self.send_response(reply.status)
                for name, value in {"Content-Length": str(len(data)), **reply.headers}.items():
                    self.send_header(name, value)
                self.end_headers()
                self.wfile.write(data)

        def log_message(self, *_: Any) -> None:
            pass

        def finish(self) -> None:
            with contextlib.suppress(OSError, ValueError):
                super().finish()

    class Server(ThreadingHTTPServer):
        daemon_threads = True

        def handle_error(self, request: Any, client_address: Any) -> None:
            pass

    server = Server(("127.0.0.1", 0), Handler)
    served = Served(f"http://127.0.0.1:{server.server_port}")
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True)
    thread.start()
    try:
        yield served
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


@contextmanager
def raw(*answers: bytes, until: threading.Event | None = None) -> Iterator[str]:
    """A server of bare sockets: one connection for each of `answers`, which are sent as they are; it closes then, or when `until` is set."""
    listener = socket.create_server(("127.0.0.1", 0))

    def run() -> None:
        for content in answers:
            with contextlib.suppress(OSError):
                connection, _ = listener.accept()
                with connection:
                    connection.recv(65536)
                    connection.sendall(content)
                    if until is not None:
                        until.wait(60)

    thread = threading.Thread(target=run, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{listener.getsockname()[1]}"
    finally:
        if until is not None:
            until.set()
        listener.close()
        thread.join(60)


def free_port() -> int:
    """A port that nobody listens on."""
    with socket.create_server(("127.0.0.1", 0)) as one:
        return int(one.getsockname()[1])
