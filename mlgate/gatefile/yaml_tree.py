"""A gate file's YAML as plain Python data, with the line and column of every key and value."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from mlgate.core.errors import Fault, GateFileError
from mlgate.gatefile.scalars import Scalar, plain, tagged
from mlgate.gatefile.trail import Trail, spell
from mlgate.gatefile.yaml_nodes import MAX_BYTES, MAX_DEPTH, MAX_NODES, Node, compose, decode

Place = tuple[int, int]
_COLLECTION_TAGS = {"list": "tag:yaml.org,2002:seq", "mapping": "tag:yaml.org,2002:map"}


@dataclass(frozen=True)
class Tree:
    """The data of a file; `keys` and `values` map each trail to its 1-based (line, column); `faults` did not stop the reading."""

    value: Any
    keys: Mapping[Trail, Place]
    values: Mapping[Trail, Place]
    faults: tuple[Fault, ...] = ()

    def place(self, trail: Trail, *, key: bool = False) -> Place:
        """Where a value (or its key) stands; the nearest enclosing value where the trail itself is not in the file."""
        if key and trail in self.keys:
            return self.keys[trail]
        while trail and trail not in self.values:
            trail = trail[:-1]
        return self.values.get(trail, (1, 1))


def read(content: bytes, path: str) -> Tree:
    """Reads YAML by the 1.2 core schema; `path` is only shown in faults.

    Raises `GateFileError` where nothing can be made of the file. Anything milder (a duplicate key, an unknown tag) is in `Tree.faults`.
    """
    root = compose(decode(content, path), path)
    if root is None:
        raise GateFileError((Fault(path, 0, 0, "the gate file is empty", expected="a mapping that begins with `mlgate: 1`"),))
    builder = _Builder(path)
    value = builder.build(root, ())
    return Tree(value, builder.keys, builder.values, tuple(builder.faults))


@dataclass
class _Builder:
    """Turns nodes into data. Aliases are written out, so what is built is counted again: that is where YAML bombs go off."""

    path: str
    keys: dict[Trail, Place] = field(default_factory=dict)
    values: dict[Trail, Place] = field(default_factory=dict)
    faults: list[Fault] = field(default_factory=list)
    built: int = 0
    characters: int = 0

    def build(self, node: Node, trail: Trail) -> Any:
        self.values[trail] = (node.line, node.column)
        written, node = node, node.target or node
        self.count(written, node, len(trail))
        if node.sort == "scalar":
            return self.scalar(node, trail)
        if node.tag not in {None, "!", _COLLECTION_TAGS[node.sort]}:
            self.fault(
                node, trail, f"unknown tag {str(node.tag).replace('tag:yaml.org,2002:', '!!')}", fix="gate files hold plain data: delete the tag"
            )
        if node.sort == "list":
            return [self.build(part, (*trail, index)) for index, part in enumerate(node.parts)]
        return self.mapping(node, trail)

    def count(self, written: Node, node: Node, depth: int) -> None:
        self.built += 1
        self.characters += len(node.text)
        too_much = self.built > MAX_NODES or self.characters > 2 * MAX_BYTES
        if too_much or depth > MAX_DEPTH:
            what = f"aliases expand to more than {MAX_NODES:,} values" if too_much else f"nested deeper than {MAX_DEPTH} levels"
            raise GateFileError((Fault(self.path, written.line, written.column, what),))

    def scalar(self, node: Node, trail: Trail) -> Scalar:
        try:
            value = tagged(node.tag, node.text) if node.tag else node.text if node.quoted else plain(node.text)
        except ValueError as error:
            self.fault(node, trail, str(error))
            return node.text
        if isinstance(value, str) and any(char == "\0" or "\ud800" <= char <= "\udfff" for char in value):
            self.fault(node, trail, "the text holds a character that cannot be stored", fix="delete the escape")
            return ""
        return value

    def mapping(self, node: Node, trail: Trail) -> dict[Any, Any]:
        built: dict[Any, Any] = {}
        merges: list[Node] = []
        for key, value in node.pairs:
            if self.is_merge(key):
                merges.append(value)
            else:
                self.entry(built, key, value, trail)
        for merge in merges:
            for key, value in self.merged(merge, trail, len(trail)):
                if self.name(key, trail) not in built:
                    self.entry(built, key, value, trail)
        return built

    def entry(self, built: dict[Any, Any], key: Node, value: Node, trail: Trail) -> None:
        name = self.name(key, trail, report=True)
        if name is None:
            return
        if name in built:
            first = self.keys[(*trail, name)]
            self.fault(key, trail, f"duplicate key {name!r} (first at line {first[0]})", fix="delete one of the two")
            return
        self.keys[(*trail, name)] = (key.line, key.column)
        built[name] = self.build(value, (*trail, name))

    def name(self, key: Node, trail: Trail, *, report: bool = False) -> str | int | float | bool | None:
        """A key as data, None where it cannot be one."""
        node = key.target or key
        what = "a key must be a name or a number"
        if node.sort == "scalar":
            known = len(self.faults)
            value = self.scalar(node, trail)
            if not report:
                del self.faults[known:]
            if value is not None and not (isinstance(value, float) and math.isnan(value)):
                return value
            what = "a key must not be empty"
        if report:
            self.fault(key, trail, what)
        return None

    @staticmethod
    def is_merge(key: Node) -> bool:
        return key.sort == "scalar" and key.text == "<<" and not key.quoted and key.tag is None

    def merged(self, node: Node, trail: Trail, depth: int) -> Iterator[tuple[Node, Node]]:
        """Keys and values of what stands behind `<<`: a mapping or a list of them; its own keys come before those it merges itself."""
        written, node = node, node.target or node
        self.count(written, node, depth)
        if node.sort == "list":
            for part in node.parts:
                yield from self.merged(part, trail, depth + 1)
        elif node.sort == "mapping":
            deeper = []
            for key, value in node.pairs:
                self.count(written, key, depth)
                if self.is_merge(key):
                    deeper.append(value)
                else:
                    yield key, value
            for value in deeper:
                yield from self.merged(value, trail, depth + 1)
        else:
            self.fault(written, trail, "`<<` merges a mapping or a list of mappings", fix="write `<<: *name`")

    def fault(self, node: Node, trail: Trail, what: str, *, fix: str = "") -> None:
        where = spell(trail)
        self.faults.append(Fault(self.path, node.line, node.column, f"{where}: {what}" if where else what, fix=fix))
