"""Requests as JSON, and what callers may write in them."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from . import _native
from ._frames import Given, to_json, with_keys
from ._progress import ProgressFunction

Config = Mapping[str, Any]
"""Settings by name, as ``docs/bindings.md`` lists them; unknown ones are refused."""

Key = str | tuple[str, str] | Mapping[str, str]
"""A record: ``(source, id)``, ``{"source": ..., "id": ...}``, or its id where there is one source."""


def call(verb: str, request: str, progress: ProgressFunction | None = None) -> Any:
    """The answer of one verb."""
    return json.loads(_native.call(verb, request, progress))


def request(config: Config | None, **parts: str) -> str:
    """A request of parts that are JSON already."""
    parts["config"] = to_json(config or {})
    return "{" + ",".join(f'"{name}":{part}' for name, part in parts.items()) + "}"


def records_of(found: Given, config: Config | None, source: str) -> str:
    """Contact records as JSON."""
    if found.stream is not None:
        return _native.contacts_json(found.stream, to_json(config or {}), source)
    return to_json(with_keys(found.rows or [], source))


def messages_of(found: Given) -> str:
    """Messages as JSON."""
    return to_json(found.rows or []) if found.stream is None else _native.messages_json(found.stream)


def key_of(key: Key, source: str) -> dict[str, str]:
    """The key of a record; ``source`` where it names none."""
    if isinstance(key, Mapping):
        return {"source": key.get("source", source), "id": str(key["id"])}
    if isinstance(key, tuple):
        return {"source": key[0], "id": str(key[1])}
    return {"source": source, "id": str(key)}
