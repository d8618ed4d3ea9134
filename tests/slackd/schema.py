"""Check a value against a JSON Schema and say where it is wrong, as Slack's own validators do.

Only what Slack's two schemas use is understood; an unknown keyword is an error, never ignored. A union
is told apart by the `type` of its members, so one wrong field gives one problem and not one per member.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

DATA = Path(__file__).parent / "data"
SILENT = {"description", "title", "default", "deprecated", "format", "_note", "$schema", "definitions"}
KNOWN = SILENT | {
    "$ref", "type", "const", "enum", "anyOf", "properties", "required", "additionalProperties", "items",
    "patternProperties", "minLength", "maxLength", "minItems", "maxItems", "pattern", "regex",
    "uniqueItems", "minProperties", "maxProperties",
}  # fmt: skip
KINDS: dict[str, tuple[type, ...]] = {
    "object": (dict,),
    "array": (list,),
    "string": (str,),
    "number": (int, float),
    "integer": (int,),
    "boolean": (bool,),
    "null": (type(None),),
}


@dataclass(frozen=True)
class Problem:
    """What is wrong and where: `pointer` is a JSON pointer into what was checked."""

    pointer: str
    code: str
    message: str
    constraint: dict[str, Any] | None = None
    field: str | None = None

    def told(self) -> dict[str, Any]:
        """As `blocks.validate` answers it."""
        more = {"constraint": self.constraint, "field": self.field}
        told = {"pointer": self.pointer, "code": self.code, "message": self.message}
        return told | {name: value for name, value in more.items() if value is not None}

    def line(self) -> str:
        """As `response_metadata.messages` words it."""
        return f"[ERROR] {self.message} [json-pointer:{self.pointer}]"


def failed(pointer: str, kind: str, expected: Any, message: str) -> Problem:
    """A value that breaks a constraint, in the words of `blocks.validate`."""
    return Problem(pointer, "failed_constraint", message, {"type": kind, "expected": expected})


def missing(pointer: str, name: str) -> Problem:
    return Problem(pointer, "missing_field", f"missing required field: {name}", field=name)


@dataclass
class Schema:
    """A JSON Schema with its definitions; `find` yields every problem of a value."""

    root: dict[str, Any]
    _unions: dict[int, dict[Any, list[dict[str, Any]]]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        for definition in [self.root, *self.definitions.values()]:
            _check_keywords(definition)

    @property
    def definitions(self) -> dict[str, Any]:
        found: dict[str, Any] = self.root.get("definitions", {})
        return found

    def find(self, value: Any, name: str | None = None, pointer: str = "") -> Iterator[Problem]:
        """Check against the whole schema, or against one of its definitions."""
        yield from self._find(value, self.definitions[name] if name else self.root, pointer)

    def _find(self, value: Any, rule: dict[str, Any], at: str) -> Iterator[Problem]:
        rule = self._resolved(rule)
        if "anyOf" in rule:
            yield from self._union(value, rule, at)
            return
        if (wanted := rule.get("type")) and not _is(value, wanted):
            yield failed(at, "type", wanted, f"must be {wanted}")
        elif "const" in rule and value != rule["const"]:
            yield failed(at, "const", rule["const"], f"must be {rule['const']}")
        elif "enum" in rule and value not in rule["enum"]:
            yield failed(at, "enum", rule["enum"], f"must be one of {', '.join(map(str, rule['enum']))}")
        elif isinstance(value, dict):
            yield from self._object(value, rule, at)
        elif isinstance(value, list):
            yield from self._array(value, rule, at)
        elif isinstance(value, str):
            yield from _string(value, rule, at)

    def _resolved(self, rule: dict[str, Any]) -> dict[str, Any]:
        while "$ref" in rule:
            rule = self.definitions[rule["$ref"].removeprefix("#/definitions/")]
        return rule

    def _union(self, value: Any, rule: dict[str, Any], at: str) -> Iterator[Problem]:
        members = self._unions.get(id(rule)) or self._unions.setdefault(id(rule), self._by_type(rule))
        kind = value.get("type") if isinstance(value, dict) else None
        fitting = members.get(kind if isinstance(kind, str) else None) or members.get(None)
        if not fitting:
            kinds = sorted(each for each in members if each)
            if not isinstance(value, dict):
                yield failed(at, "type", "object", "must be an object")
            elif "type" not in value:
                yield missing(at, "type")
            else:
                yield failed(f"{at}/type", "enum", kinds, f"unsupported type: {kind}")
            return
        tried = [list(self._find(value, member, at)) for member in fitting]
        yield from min(tried, key=len)

    def _by_type(self, rule: dict[str, Any]) -> dict[Any, list[dict[str, Any]]]:
        """The members of a union, by the constant of their `type` (None: those without one)."""
        found: dict[Any, list[dict[str, Any]]] = {}
        for member in map(self._resolved, rule["anyOf"]):
            inner = (
                self._by_type(member)
                if "anyOf" in member
                else {member.get("properties", {}).get("type", {}).get("const"): [member]}
            )
            for kind, rules in inner.items():
                found.setdefault(kind, []).extend(rules)
        return found

    def _object(self, value: dict[str, Any], rule: dict[str, Any], at: str) -> Iterator[Problem]:
        properties, patterns = rule.get("properties", {}), rule.get("patternProperties", {})
        for name in rule.get("required", ()):
            if name not in value:
                yield missing(at, name)
        for name, inner in value.items():
            where = f"{at}/{name}"
            if name in properties:
                yield from self._find(inner, properties[name], where)
                continue
            fitting = [each for pattern, each in patterns.items() if re.search(pattern, name)]
            for each in fitting:
                yield from self._find(inner, each, where)
            if not fitting and rule.get("additionalProperties") is False:
                yield Problem(where, "unknown_field", f"invalid additional property: {name}", field=name)
        yield from _count(len(value), rule, "Properties", at)

    def _array(self, value: list[Any], rule: dict[str, Any], at: str) -> Iterator[Problem]:
        yield from _count(len(value), rule, "Items", at)
        if rule.get("uniqueItems") and len({json.dumps(each, sort_keys=True) for each in value}) != len(
            value
        ):
            yield failed(at, "uniqueItems", True, "must not hold an item twice")
        if "items" in rule:
            for number, each in enumerate(value):
                yield from self._find(each, rule["items"], f"{at}/{number}")


def _is(value: Any, wanted: str | list[str]) -> bool:
    kinds = [wanted] if isinstance(wanted, str) else wanted
    if isinstance(value, bool):
        return "boolean" in kinds
    return any(isinstance(value, KINDS[kind]) for kind in kinds)


def _string(value: str, rule: dict[str, Any], at: str) -> Iterator[Problem]:
    yield from _count(len(value), rule, "Length", at)
    pattern = rule.get("pattern") or rule.get("regex")
    if pattern and not re.search(pattern, value):
        yield failed(at, "pattern", pattern, f"must match {pattern}")


def _count(size: int, rule: dict[str, Any], of: str, at: str) -> Iterator[Problem]:
    least, most = rule.get(f"min{of}", 0), rule.get(f"max{of}")
    if size < least:
        yield failed(at, f"min{of}", least, f"must be at least {least} ({of.lower()})")
    if most is not None and size > most:
        yield failed(at, f"max{of}", most, f"must be no more than {most} ({of.lower()})")


def _check_keywords(rule: Any) -> None:
    if not isinstance(rule, dict):
        return
    if unknown := set(rule) - KNOWN:
        raise ValueError(f"keywords of the schema that nobody checks: {sorted(unknown)}")
    for name in ("properties", "patternProperties"):
        for each in rule.get(name, {}).values():
            _check_keywords(each)
    for each in [rule.get("items"), *rule.get("anyOf", ())]:
        _check_keywords(each)


@cache
def load(name: str) -> Schema:
    """Read one of the schemas below `data/` once."""
    return Schema(json.loads((DATA / name).read_text()))
