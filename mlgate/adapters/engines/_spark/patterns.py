r"""Regular expressions of gate files (RE2, as DuckDB reads them) as Java's, which Spark reads: the common subset, with one meaning.

They differ silently: Java's `$` matches before a last line break, its `.` stops at six characters, `\b` knows other letters, and `[a&&b]`
is an intersection. Each is written so that it means what RE2 means; what Java cannot say alike is refused.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from mlgate.core.errors import MeasurementError

_WORD = "[0-9A-Za-z_]"
_EDGE = f"(?:(?<={_WORD})(?!{_WORD})|(?<!{_WORD})(?={_WORD}))"
_NO_EDGE = f"(?:(?<={_WORD})(?={_WORD})|(?<!{_WORD})(?!{_WORD}))"
_OUTSIDE = {"b": _EDGE, "B": _NO_EDGE, "s": r"[\t\n\f\r ]", "S": r"[^\t\n\f\r ]", "v": r"\x0B", "A": r"\A", "z": r"\z"}
_SAME = frozenset("dDwWtnrfa")
_POSIX = {
    **{name: rf"\p{{{name.capitalize()}}}" for name in ("alnum", "alpha", "blank", "cntrl", "digit", "graph", "lower", "print", "punct", "upper")},
    "ascii": r"\p{ASCII}",
    "space": r"\t\n\x0B\f\r ",
    "word": "0-9A-Za-z_",
    "xdigit": "0-9A-Fa-f",
}
_CATEGORIES = re.compile(r"L[ultmo]?|M[nce]?|N[dlo]?|P[cdseifo]?|S[mcko]?|Z[slp]?")


def to_java(pattern: str) -> str:
    """The pattern for Java. Raises `MeasurementError` for one that RE2 does not compile, and for what only one of the two knows."""
    _compile(pattern)
    return "".join(_Walk(pattern).parts())


def _compile(pattern: str) -> None:
    import duckdb

    with duckdb.connect() as connection:
        try:
            connection.execute("select regexp_matches('', ?)", [pattern]).fetchall()
        except duckdb.Error as error:
            raise MeasurementError(f"not a regular expression: {str(error).splitlines()[0]}", cause="configuration") from error


class _Walk:
    def __init__(self, pattern: str) -> None:
        self.pattern, self.at = pattern, 0

    def parts(self) -> Iterator[str]:
        while self.at < len(self.pattern):
            char = self._take()
            if char == "\\":
                yield self._escape(inside=False)
            elif char == "[":
                yield self._set()
            elif char == "(":
                yield self._group()
            elif char == "$":
                yield r"\z"
            elif char == ".":
                yield r"[^\n]"
            elif char == "{":
                yield self._count()
            elif char == "}":
                yield r"\}"
            else:
                yield char

    def _take(self) -> str:
        char = self.pattern[self.at : self.at + 1]
        self.at += 1
        return char

    def _count(self) -> str:
        """`{2}`, `{2,}`, `{2,5}`; any other brace stands for itself."""
        found = re.compile(r"\d+(?:,\d*)?\}").match(self.pattern, self.at)
        if found is None:
            return r"\{"
        self.at = found.end()
        return f"{{{found[0]}"

    def _group(self) -> str:
        if not self.pattern.startswith("?", self.at):
            return "(?:"  # nothing refers back to a group
        for named in ("?P<", "?<"):
            if self.pattern.startswith(named, self.at):
                self.at = self.pattern.index(">", self.at) + 1
                return "(?:"
        end = min(place for place in (self.pattern.find(":", self.at), self.pattern.find(")", self.at)) if place >= 0)
        flags, mark = self.pattern[self.at + 1 : end], self.pattern[end]
        self.at = end + 1
        if flags == "":
            return "(?:"
        if flags == "i":
            return f"(?iu{mark}"
        if flags == "-i":
            return f"(?-i{mark}"
        raise self._refused(f"(?{flags}", "write it without flags other than (?i)")

    def _escape(self, *, inside: bool) -> str:
        char = self._take()
        if char in _SAME:
            return f"\\{char}" if char != "a" else r"\x07"
        if inside and char in "sv":
            return r"\t\n\f\r " if char == "s" else r"\x0B"
        if not inside and char in _OUTSIDE:
            return _OUTSIDE[char]
        if char == "x":
            return self._code()
        if char in "pP":
            return self._category(char)
        if char == "Q":
            return "".join(_literal(one) for one in self._quoted())
        if not char.isalnum():
            return _literal(char)
        raise self._refused(f"\\{char}", "write the characters it stands for")

    def _code(self) -> str:
        end = self.pattern.index("}", self.at) + 1 if self.pattern.startswith("{", self.at) else self.at + 2
        code, self.at = self.pattern[self.at : end], end
        return f"\\x{code}"

    def _category(self, char: str) -> str:
        end = self.pattern.index("}", self.at) + 1 if self.pattern.startswith("{", self.at) else self.at + 1
        name, self.at = self.pattern[self.at : end].strip("{}"), end
        if not _CATEGORIES.fullmatch(name):
            raise self._refused(f"\\{char}{{{name}}}", "write the characters as ranges: [\\x{370}-\\x{3FF}]")
        return f"\\{char}{{{name}}}"

    def _quoted(self) -> str:
        end = self.pattern.find("\\E", self.at)
        found = self.pattern[self.at :] if end < 0 else self.pattern[self.at : end]
        self.at = len(self.pattern) if end < 0 else end + 2
        return found

    def _set(self) -> str:
        parts = ["["]
        if self.pattern.startswith("^", self.at):
            parts.append(self._take())
        first = True
        while first or not self.pattern.startswith("]", self.at):
            if self.pattern.startswith("[:", self.at):
                parts.append(self._posix())
            else:
                char = self._take()
                parts.append(self._escape(inside=True) if char == "\\" else (char if char == "-" or char.isalnum() else _literal(char)))
            first = False
        self.at += 1
        return "".join([*parts, "]"])

    def _posix(self) -> str:
        end = self.pattern.find(":]", self.at)
        name = self.pattern[self.at + 2 : end]
        if name not in _POSIX:
            raise self._refused(f"[:{name}:]", "write the characters as ranges")
        self.at = end + 2
        return _POSIX[name]

    def _refused(self, part: str, fix: str) -> MeasurementError:
        what = f"the pattern {self.pattern!r} has {part}, which Spark's regular expressions do not read as DuckDB's do"
        return MeasurementError(what, cause="configuration", fix=fix)


def _literal(char: str) -> str:
    return char if char.isalnum() or ord(char) > 127 or char in " _" else f"\\x{ord(char):02x}"
