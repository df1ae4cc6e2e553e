"""YAML text as a tree of nodes with their places, built from parser events without recursion, within fixed limits."""

from __future__ import annotations

import contextlib
from dataclasses import dataclass, field
from typing import Any, NoReturn

import yaml

from mlgate.core.errors import Fault, GateFileError

MAX_BYTES = 2_000_000
MAX_NODES = 100_000
MAX_DEPTH = 50


@dataclass(eq=False, slots=True)
class Node:
    """A scalar, a list or a mapping as written. `parts` holds the items of a list, or keys and values in turn.

    `line` and `column` are 1-based. An alias is a node of its own whose `target` is the anchored one.
    """

    sort: str  # "scalar", "list", "mapping" or "alias"
    line: int
    column: int
    text: str = ""
    tag: str | None = None
    quoted: bool = False
    parts: list[Node] = field(default_factory=list)
    target: Node | None = None
    open: bool = True

    @property
    def pairs(self) -> list[tuple[Node, Node]]:
        return list(zip(self.parts[::2], self.parts[1::2], strict=True))


def decode(content: bytes, path: str) -> str:
    """The text of a gate file. Raises `GateFileError` for a file that is too large or not UTF-8 text."""
    if len(content) > MAX_BYTES:
        _stop(Fault(path, 0, 0, "the gate file is too large", got=f"{len(content):,} bytes", expected=f"at most {MAX_BYTES:,} bytes"))
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = content[: error.start].count(b"\n") + 1
        got = f"byte 0x{content[error.start]:02x}"
        _stop(Fault(path, line, 1, "the gate file is not UTF-8 text", got=got, expected="UTF-8 text", fix="save the file as UTF-8"))
    if "\0" in text:
        line = text[: text.index("\0")].count("\n") + 1
        _stop(Fault(path, line, 1, "the gate file is not text", got="a NUL byte", expected="UTF-8 text"))
    return text


def compose(text: str, path: str) -> Node | None:
    """The root node, None for a file without content. Raises `GateFileError` where the text is no YAML or beyond the limits."""
    fast = getattr(yaml, "CSafeLoader", None)  # libyaml: 30 times faster, where PyYAML was built with it
    try:
        if fast is not None:
            with contextlib.suppress(yaml.YAMLError, ValueError, OverflowError):  # PyYAML's own parser says better what is wrong and where
                return _composed(text, path, fast)
        return _composed(text, path, yaml.SafeLoader)
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        line, column = (mark.line + 1, mark.column + 1) if mark else (0, 0)
        what = ": ".join(part for part in (error.context, error.problem) if part)
        _stop(Fault(path, line, column, f"not valid YAML: {what}", fix=_advice(error.problem or "")))
    except yaml.reader.ReaderError as error:
        line = text[: error.position].count("\n") + 1
        _stop(Fault(path, line, 1, "a character that YAML does not allow", got=f"U+{ord(str(error.character)[:1] or ' '):04X}"))
    except (ValueError, OverflowError):  # PyYAML's own chr() on "\UFFFFFFFF"
        _stop(Fault(path, 0, 0, "not valid YAML: an escape in a quoted text names no character"))


def _composed(text: str, path: str, loader: Any) -> Node | None:
    composer = _Composer(path)
    for event in yaml.parse(text, Loader=loader):
        if loader is not yaml.SafeLoader and isinstance(event, yaml.ScalarEvent) and not (event.value or event.style):
            raise yaml.YAMLError("an empty value, which libyaml places elsewhere")
        composer.take(event)
    return composer.root


def _advice(problem: str) -> str:
    if "'\\t'" in problem:
        return "indent with spaces, not with tabs"
    if "mapping values are not allowed" in problem:
        return "put a text with `: ` in quotes, or check the indentation"
    if "'%'" in problem or "'@'" in problem or "'`'" in problem:
        return "put the text in quotes"
    return ""


class _Composer:
    """Takes parser events one by one; its own stack instead of recursion, so that depth is a limit and not a crash."""

    def __init__(self, path: str) -> None:
        self.path = path
        self.root: Node | None = None
        self.stack: list[Node] = []
        self.anchors: dict[str, Node] = {}
        self.documents = 0
        self.nodes = 0

    def take(self, event: Any) -> None:
        match event:
            case yaml.DocumentStartEvent():
                self.documents += 1
                if self.documents > 1:
                    self.stop(event, "several documents in one file", fix="one gate file holds one gate: split the file at `---`")
            case yaml.AliasEvent():
                self.add(event, "alias", target=self.anchored(event))
            case yaml.ScalarEvent():
                self.add(event, "scalar", text=event.value, tag=event.tag, quoted=bool(event.style))
            case yaml.SequenceStartEvent():
                self.stack.append(self.add(event, "list", tag=event.tag))
            case yaml.MappingStartEvent():
                self.stack.append(self.add(event, "mapping", tag=event.tag))
            case yaml.CollectionEndEvent():
                self.stack.pop().open = False

    def add(self, event: Any, sort: str, **rest: Any) -> Node:
        self.nodes += 1
        if self.nodes > MAX_NODES:
            self.stop(event, f"more than {MAX_NODES:,} values in one file")
        if len(self.stack) >= MAX_DEPTH:
            self.stop(event, f"nested deeper than {MAX_DEPTH} levels")
        node = Node(sort, event.start_mark.line + 1, event.start_mark.column + 1, **rest)
        if sort != "alias" and event.anchor:
            self.anchors[event.anchor] = node
        if self.stack:
            self.stack[-1].parts.append(node)
        else:
            self.root = node
        return node

    def anchored(self, event: Any) -> Node:
        target = self.anchors.get(event.anchor)
        if target is None:
            self.stop(event, f"the alias *{event.anchor} has no anchor", fix=f"write &{event.anchor} before it is used")
        if target in self.stack:
            self.stop(event, f"the alias *{event.anchor} stands inside its own anchor")
        return target

    def stop(self, event: Any, what: str, *, fix: str = "") -> NoReturn:
        _stop(Fault(self.path, event.start_mark.line + 1, event.start_mark.column + 1, what, fix=fix))


def _stop(fault: Fault) -> NoReturn:
    raise GateFileError((fault,))
