"""Entities that follow their records, and conversations that follow their messages."""

from __future__ import annotations

import json
from collections.abc import Iterable
from datetime import datetime
from os import PathLike
from pathlib import Path
from typing import Any

import narwhals.stable.v2 as _nw

from . import _native
from ._errors import InputError
from ._evidence import Evidence, Explanation, How
from ._frames import Given, Row, given, plain, to_json, with_keys
from ._progress import Progress, watched
from ._request import Config, Key, key_of, messages_of, records_of, request

_MEMBERS = {"source": _nw.String(), "id": _nw.String(), "entity": _nw.Int64()}
_CONVERSATIONS = {"conversation": _nw.Int64(), "messages": _nw.Int64()}


class _Live:
    """What the live engines have in common: changes and questions are JSON, results are like what was given."""

    __slots__ = ("_engine", "_like")
    _engine: _native.LiveClassifier | _native.LiveResolver | _native.LiveStitcher
    _like: Given

    def __len__(self) -> int:
        return self._engine.counts()[0]

    def _change(self, kind: str, of: object) -> dict[str, Any]:
        change: dict[str, Any] = json.loads(self._engine.change(to_json({kind: of})))
        return change

    def _ask(self, kind: str, of: object) -> dict[str, Any]:
        answer: dict[str, Any] = json.loads(self._engine.ask(to_json({kind: of})))
        return answer


class LiveResolver(_Live):
    """Contact records and their entities, kept up to date one record at a time.

    ``records`` are those to start with, as :func:`reknit.resolve` takes them, and ``learn_from`` those
    the model is learnt from, where it is not to be learnt from ``records``: what is compared depends on
    the columns seen there. The model stays as it is; entities are those a batch under it would find. An
    entity has a number that stays.

    >>> from reknit import LiveResolver
    >>> live = LiveResolver([{"id": "1", "name": "Ana Petrova", "email": "ana@x.io"},
    ...                      {"id": "2", "name": "Bo Lindqvist", "email": "bo@y.org"}])
    >>> live.upsert({"id": "3", "name": "Petrova, Ana", "email": "ANA@x.io"})["entity"]
    1
    >>> change = live.cannot_link("1", "3")
    >>> live.entity_of("1"), live.entity_of("3"), len(live)
    (1, 3, 3)

    Any number of threads may use one at once, and it can be pickled.
    """

    __slots__ = ("_names", "_source")
    _engine: _native.LiveResolver
    _names: dict[str, str]
    _source: str

    def __init__(
        self,
        records: Any = (),
        *,
        learn_from: Any = None,
        id: str = "id",
        source: str = "source",
        default_source: str = "contacts",
        config: Config | None = None,
        progress: Progress = None,
    ) -> None:
        names = {id: "id", source: "source"}
        found = given(records, "records", names)
        others = None if learn_from is None else given(learn_from, "learn_from", names)
        with watched(progress) as watch:
            if found.stream is not None and (others is None or others.stream is not None):
                more = None if others is None else others.stream
                engine = _native.LiveResolver.begin_table(
                    found.stream, more, to_json(config or {}), default_source, watch
                )
            else:
                parts = {"records": records_of(found, config, default_source)}
                if others is not None:
                    parts["learn_from"] = records_of(others, config, default_source)
                engine = _native.LiveResolver.begin(request(config, **parts), watch)
        self._hold(engine, found, names, default_source)

    def _hold(self, engine: _native.LiveResolver, like: Given, names: dict[str, str], source: str) -> None:
        self._engine, self._like, self._names, self._source = engine, like.empty(), names, source

    def upsert(self, record: Row) -> dict[str, Any]:
        """Takes up a new record, or the correction of one with the same key.

        As every change it gives the ``entity`` of the record and the ``events``: what happened to
        entities, in order (``created``, ``joined``, ``left``, ``merged``, ``split``, ``ended``).
        """
        [row] = given([record], "record", self._there(record)).rows or []
        if plain(row.get("id")) is None:
            raise InputError("the record to upsert has no `id`; give it one")
        return self._change("upsert", with_keys([row], self._source)[0])

    def delete(self, key: Key) -> dict[str, Any]:
        """Takes a record out; :class:`reknit.NotFoundError` when it is not there."""
        return self._change("delete", self._key(key))

    def must_link(self, a: Key, b: Key) -> dict[str, Any]:
        """Two records are one entity, whatever the evidence."""
        return self._change("must_link", [self._key(a), self._key(b)])

    def cannot_link(self, a: Key, b: Key) -> dict[str, Any]:
        """Two records are two entities, whatever the evidence."""
        return self._change("cannot_link", [self._key(a), self._key(b)])

    def undo_link(self, a: Key, b: Key) -> dict[str, Any]:
        """Takes back what was decided about two records."""
        return self._change("undo_link", [self._key(a), self._key(b)])

    def entity_of(self, key: Key) -> int | None:
        """The entity of a record; ``None`` when it is not there."""
        entity: int | None = self._ask("entity_of", self._key(key))["entity"]
        return entity

    def members(self, entity: int) -> list[tuple[str, str]]:
        """The keys of the records of an entity, or of the one it was merged into; none if there is none."""
        return [(key["source"], key["id"]) for key in self._ask("members", entity)["records"]]

    def record(self, key: Key) -> dict[str, Any] | None:
        """A record as it was last given; ``None`` when it is not there."""
        record: dict[str, Any] | None = self._ask("record", self._key(key))["record"]
        return record

    def entities(self) -> Any:
        """The ``source``, ``id`` and ``entity`` of each record, by key, as the kind of frame that was given."""
        return self._like.flat(self._ask("entities", True)["entities"], _MEMBERS)

    def explain(self, a: Key, b: Key) -> Explanation:
        """Why two records are one entity, or why not; see :func:`reknit.explain`."""
        return Explanation(self._ask("explain", [self._key(a), self._key(b)]), self._like)

    def how(self, of: int | Key) -> How:
        """How an entity, or that of a record, came about; see :func:`reknit.how`. A number is an entity."""
        return How(self._ask("how", of if isinstance(of, int) else self._key(of)), self._like)

    def what_if(self, without: Key) -> dict[str, Any]:
        """What would be if a record were not there; see :func:`reknit.what_if`. Nothing is changed."""
        return self._ask("what_if", self._key(without))

    @property
    def entity_count(self) -> int:
        """How many entities there are."""
        return self._engine.counts()[1]

    def to_bytes(self) -> bytes:
        """All of it as bytes, the same for all languages; it holds the records."""
        return self._engine.to_bytes()

    @classmethod
    def from_bytes(
        cls, snapshot: bytes, *, id: str = "id", source: str = "source", default_source: str = "contacts"
    ) -> LiveResolver:
        """Reads what :meth:`to_bytes` gave; :class:`reknit.ModelError` when it is damaged or too new.

        ``id``, ``source`` and ``default_source`` are how records and keys will be given.
        """
        return cls._restored(snapshot, {id: "id", source: "source"}, default_source)

    @classmethod
    def _restored(cls, snapshot: bytes, names: dict[str, str], default_source: str) -> LiveResolver:
        live = cls.__new__(cls)
        live._hold(_native.LiveResolver.from_bytes(snapshot), Given(None, [], None), names, default_source)
        return live

    def save(self, path: str | PathLike[str]) -> None:
        """Writes all of it to a file."""
        Path(path).write_bytes(self.to_bytes())

    @classmethod
    def load(
        cls,
        path: str | PathLike[str],
        *,
        id: str = "id",
        source: str = "source",
        default_source: str = "contacts",
    ) -> LiveResolver:
        """Reads it from a file, see :meth:`from_bytes`."""
        return cls.from_bytes(Path(path).read_bytes(), id=id, source=source, default_source=default_source)

    def __reduce__(self) -> tuple[Any, ...]:
        return LiveResolver._restored, (self.to_bytes(), self._names, self._source)

    def __contains__(self, key: Key) -> bool:
        return self.entity_of(key) is not None

    def __repr__(self) -> str:
        records, entities = self._engine.counts()
        return f"<reknit.LiveResolver of {records} records, {entities} entities>"

    def _key(self, key: Key) -> dict[str, str]:
        return key_of(key, self._source)

    def _there(self, record: Iterable[str]) -> dict[str, str]:
        """The caller's names that the record has; a record need not have a source."""
        columns = set(record)
        return {theirs: ours for theirs, ours in self._names.items() if theirs in columns}


class LiveStitcher(_Live):
    """Messages and their conversations, kept up to date one message at a time.

    ``messages`` are those to start with, as :func:`reknit.stitch` takes them. Later ones may come in any
    order: late, twice, corrected, taken back; the links are always those that a batch would find in the
    messages that are there. A conversation has a number that stays: where several become one the oldest
    stays, and the others lead to it.

    >>> from reknit import LiveStitcher
    >>> live = LiveStitcher([{"id": "m2", "sent": "2026-03-02T10:00:00Z", "from": "desk@shop.io", "in_reply_to": "m1"}])
    >>> live.upsert({"id": "m1", "sent": "2026-03-02T09:00:00Z", "from": "ana@x.io", "subject": "Parcel"})["conversation"]
    1
    >>> live.members(1)
    ['m1', 'm2']
    >>> live.split("m2")["conversation"], live.conversation_of("m1")
    (2, 1)

    Any number of threads may use one at once, and it can be pickled. It keeps no text.
    """

    __slots__ = ()
    _engine: _native.LiveStitcher

    def __init__(self, messages: Any = (), *, config: Config | None = None, progress: Progress = None) -> None:
        found = given(messages, "messages")
        with watched(progress) as watch:
            self._engine = _native.LiveStitcher.begin(request(config, messages=messages_of(found)), watch)
        self._like = found.empty()

    def upsert(self, message: Row) -> dict[str, Any]:
        """Takes up a new message, or the correction of one with the same id.

        As every change it gives the ``conversation`` of the message and the ``events``: what happened to
        conversations, in order (``created``, ``joined``, ``left``, ``merged``, ``split``, ``ended``).
        """
        [row] = given([message], "message").rows or []
        if plain(row.get("id")) is None:
            raise InputError("the message has no `id`; give it one")
        return self._change("upsert", row)

    def delete(self, id: str) -> dict[str, Any]:
        """Takes a message out; :class:`reknit.NotFoundError` when it is not there."""
        return self._change("delete", str(id))

    def must_link(self, a: str, b: str) -> dict[str, Any]:
        """Two messages are of one conversation, whatever the evidence; also before they come."""
        return self._change("must_link", [str(a), str(b)])

    def cannot_link(self, a: str, b: str) -> dict[str, Any]:
        """Two messages are never of one conversation, whatever the evidence."""
        return self._change("cannot_link", [str(a), str(b)])

    def undo_link(self, a: str, b: str) -> dict[str, Any]:
        """Takes back what was decided about two messages."""
        return self._change("undo_link", [str(a), str(b)])

    def split(self, id: str) -> dict[str, Any]:
        """Makes a message, and what hangs on it, a conversation of its own."""
        return self._change("split", str(id))

    def move_to(self, id: str, conversation: int) -> dict[str, Any]:
        """Makes a message, and what hangs on it, part of another conversation."""
        return self._change("move_to", [str(id), conversation])

    def close_before(self, time: datetime | str | float) -> dict[str, Any]:
        """Takes out all conversations whose last message was sent before a time; what stays is as it was.

        Gives how many ``messages`` went and the numbers of the ``conversations``, which lead nowhere from
        now on. The time is given as that of a message is.
        """
        return self._change("close_before", plain(time))

    def conversation_of(self, id: str) -> int | None:
        """The conversation of a message; ``None`` when it is not there."""
        conversation: int | None = self._ask("conversation_of", str(id))["conversation"]
        return conversation

    def members(self, conversation: int) -> list[str]:
        """The ids of the messages of a conversation, or of the one it went into; none if there is none."""
        messages: list[str] = self._ask("members", conversation)["messages"]
        return messages

    def redirect(self, conversation: int) -> int | None:
        """The conversation that a number leads to now; ``None`` if there is none."""
        now: int | None = self._ask("members", conversation)["conversation"]
        return now

    def conversations(self) -> Any:
        """The ``conversation`` and ``messages`` of each, the oldest first, as the kind of frame that was
        given: in dicts the ids of the messages, in frames how many."""
        return self._like.flat(self._ask("conversations", True)["conversations"], _CONVERSATIONS)

    def suggestions(self) -> list[dict[str, Any]]:
        """What a person should look at, in the order of the messages: the ``id`` of a message that opens a
        conversation, the ``candidate_id`` it may hang on, the ``probability`` of that and the ``evidence``.
        ``must_link`` and ``cannot_link`` answer one. ``config={"ask_probability": 0.2}`` sets from where on."""
        found: list[dict[str, Any]] = self._ask("suggestions", True)["suggestions"]
        return [row | {"evidence": Evidence(row["evidence"])} for row in found]

    def explain(self, id: str) -> Explanation:
        """Why a message is where it is; see :func:`reknit.explain_link`."""
        return Explanation(self._ask("explain", str(id)), self._like)

    @property
    def conversation_count(self) -> int:
        """How many conversations there are."""
        return self._engine.counts()[1]

    def to_bytes(self) -> bytes:
        """All of it as bytes, the same for all languages; they hold ids, but no text of a message."""
        return self._engine.to_bytes()

    @classmethod
    def from_bytes(cls, snapshot: bytes) -> LiveStitcher:
        """Reads what :meth:`to_bytes` gave; :class:`reknit.ModelError` when it is damaged or of another version."""
        live = cls.__new__(cls)
        live._engine, live._like = _native.LiveStitcher.from_bytes(snapshot), Given(None, [], None)
        return live

    def save(self, path: str | PathLike[str]) -> None:
        """Writes all of it to a file."""
        Path(path).write_bytes(self.to_bytes())

    @classmethod
    def load(cls, path: str | PathLike[str]) -> LiveStitcher:
        """Reads it from a file, see :meth:`from_bytes`."""
        return cls.from_bytes(Path(path).read_bytes())

    def __reduce__(self) -> tuple[Any, ...]:
        return LiveStitcher.from_bytes, (self.to_bytes(),)

    def __contains__(self, id: str) -> bool:
        return self.conversation_of(id) is not None

    def __repr__(self) -> str:
        messages, conversations = self._engine.counts()
        return f"<reknit.LiveStitcher of {messages} messages, {conversations} conversations>"
