"""Connection strings of database servers: their parts, and what of them may be shown."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from urllib.parse import parse_qsl, unquote

_WORD = re.compile(r"\s*(\w+)\s*=\s*('(?:[^'\\]|\\.)*'|[^\s']\S*|)")
_NAMES = {"dbname": "database", "db": "database", "username": "user", "hostaddr": "host", "passwd": "password"}
_SECRET = ("password", "sslpassword", "user", "passfile", "sslkey")


@dataclass(frozen=True)
class Connection:
    """A connection string by its words: `host`, `port`, `user`, `password`, `database`, and options of the driver."""

    words: Mapping[str, str] = field(repr=False)

    @classmethod
    def parse(cls, text: str) -> Connection | None:
        """A URL (`postgresql://user:password@host:5432/database?sslmode=require`) or words (`host=... dbname=...`), None for anything else.

        Of a URL the part before the last `@` is user and password, so that a password may hold any character but that one; `%40` is read as `@`.
        """
        scheme, found, rest = text.partition("://")
        if found and re.fullmatch(r"\w+", scheme):
            return cls(_of_url(rest))
        words = {}
        position = 0
        while match := _WORD.match(text, position):
            value = match[2]
            words[match[1]] = re.sub(r"\\(.)", r"\1", value[1:-1]) if value.startswith("'") else value
            position = match.end()
        return cls({_NAMES.get(name, name): value for name, value in words.items()}) if words and not text[position:].strip() else None

    @property
    def place(self) -> str:
        """Host, port and database, without the user, the password and any option."""
        host, port, database = (self.words.get(name, "") for name in ("host", "port", "database"))
        server = f"{host}:{port}" if port else host
        return f"{server}/{database}" if server else database or "the server of the environment"

    def without_secrets(self, text: str) -> str:
        """A driver's message without the user and the password."""
        for name in _SECRET:
            if value := self.words.get(name):
                text = text.replace(value, "***") if name == "password" else re.sub(rf"(?<!\w){re.escape(value)}(?!\w)", "***", text)
        return text


def _of_url(rest: str) -> Mapping[str, str]:
    account, _, place = rest.rpartition("@")
    user, _, password = account.partition(":")
    place, _, query = place.partition("?")
    server, _, database = place.partition("/")
    servers = [_of_server(one) for one in server.split(",")]
    hosts, ports = (",".join(parts) for parts in zip(*servers, strict=True))
    words = {"user": user, "password": password, "host": hosts, "port": ports.strip(","), "database": database}
    words = {name: unquote(value) for name, value in words.items() if value}
    return {**words, **{_NAMES.get(name, name): value for name, value in parse_qsl(query)}}


def _of_server(text: str) -> tuple[str, str]:
    host, _, port = (text, "", "") if text.endswith("]") else text.partition(":") if text.count(":") < 2 else text.rpartition(":")
    return host.strip("[]"), port
