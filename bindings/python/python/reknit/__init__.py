"""Contacts to people, messages to conversations, texts to meanings, with the evidence.

One function a verb. Records and messages may be a pandas, polars or pyarrow frame, a DuckDB relation,
anything else with an Arrow stream, or a list of dicts; results come back as the same kind, row by
row in the order given (a pandas index is kept; a polars ``LazyFrame`` is collected; a DuckDB relation
gives an Arrow table, which DuckDB reads by its variable's name). Nothing given is changed.

>>> import reknit
>>> people = reknit.resolve([
...     {"id": "1", "name": "Ana Petrova", "email": "ana@x.io", "phone": "+49 1512 3456789"},
...     {"id": "2", "name": "A. Petrova", "email": "ANA@x.io"},
...     {"id": "3", "name": "Bo Lindqvist", "email": "bo@y.org"},
... ])
>>> people[0]["entity_id"] == people[1]["entity_id"] != people[2]["entity_id"]
True

Long verbs let other threads run, stop at Ctrl-C, and take ``progress``: a function of
``(stage, done, total)`` (returning ``False`` stops), or ``True`` for a bar. All errors are
:class:`ReknitError`, with ``code`` and ``name``.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from os import PathLike, fspath
from pathlib import Path
from typing import Any, TypeVar, overload

import narwhals.stable.v2 as _nw

from . import _native
from ._annotate import Annotator, annotate
from ._classifier import Classifier, LiveClassifier, examples_of, learning
from ._errors import (
    CancelledError,
    ConfigError,
    ContradictionError,
    InputError,
    InternalError,
    IoError,
    ModelError,
    NotFoundError,
    ReknitError,
)
from ._evidence import Evidence, Explanation, How, TopFeatures, waterfall
from ._frames import Given, Row, given, given_texts, label_lists_of, labels_of, rows_of, to_json
from ._live import LiveResolver, LiveStitcher
from ._mine import duplicates, expand, extract, key_phrases, opinions, redact, segments, similar, summarize, topics
from ._multi import MultiClassifier
from ._progress import Progress, ProgressFunction, watched
from ._request import Config, Key, call, key_of, messages_of, records_of, request
from ._timeline import Timeline

__version__: str = _native.__version__

__all__ = [
    "Annotator",
    "CancelledError",
    "Classifier",
    "ConfigError",
    "ContradictionError",
    "Evidence",
    "Explanation",
    "How",
    "InputError",
    "InternalError",
    "IoError",
    "LiveClassifier",
    "LiveResolver",
    "LiveStitcher",
    "ModelError",
    "MultiClassifier",
    "NotFoundError",
    "Golden",
    "Messages",
    "Outcome",
    "Progress",
    "ProgressFunction",
    "ReknitError",
    "Timeline",
    "TopFeatures",
    "annotate",
    "classify",
    "classify_live",
    "classify_multi",
    "counterfactual",
    "counterfactual_multi",
    "duplicates",
    "evaluate",
    "expand",
    "explain",
    "explain_link",
    "explain_multi",
    "extract",
    "golden",
    "how",
    "key_phrases",
    "live",
    "model_table",
    "normalize",
    "opinions",
    "read_messages",
    "redact",
    "resolve",
    "review",
    "run",
    "segments",
    "similar",
    "stitch",
    "stitch_live",
    "suggest",
    "summarize",
    "timeline",
    "top_features",
    "top_features_multi",
    "topics",
    "train",
    "train_multi",
    "waterfall",
    "what_if",
]

FrameT = TypeVar("FrameT")

_PEOPLE = {"source": _nw.String(), "id": _nw.String(), "entity_id": _nw.String(), "probability": _nw.Float64()}
_LEVELS = {
    "comparison": _nw.String(),
    "level": _nw.String(),
    "m": _nw.Float64(),
    "u": _nw.Float64(),
    "weight": _nw.Float64(),
    "seen": _nw.Int64(),
}
_QUESTIONS = {
    "a_source": _nw.String(),
    "a_id": _nw.String(),
    "b_source": _nw.String(),
    "b_id": _nw.String(),
    "probability": _nw.Float64(),
    "evidence": _nw.String(),
    "match": _nw.Boolean(),
}
_PLACES = {
    "id": _nw.String(),
    "conversation_id": _nw.String(),
    "parent_id": _nw.String(),
    "relation": _nw.String(),
    "weight": _nw.Float64(),
}
_LABELS = {"label": _nw.String(), "probability": _nw.Float64()}
_READINGS = {
    "label": _nw.String(),
    "probability": _nw.Float64(),
    "score": _nw.Float64(),
    "effective_score": _nw.Float64(),
}


def normalize(kind: str, value: str, *, region: str | None = None) -> Any:
    """Reads one dirty value of ``kind`` (``email``, ``phone``, ``name`` ...); ``None`` when it is none.

    ``region`` is the country (two letters) of phone numbers without a country code.

    >>> normalize("phone", "0151 / 23456789", region="DE")["normal"]
    '+4915123456789'
    """
    return call("normalize", to_json({"kind": kind, "value": value, "region": region}))


@overload
def resolve(
    records: Sequence[Row],
    *,
    id: str = ...,
    source: str = ...,
    default_source: str = ...,
    config: Config | None = ...,
    labels: Any = ...,
    progress: Progress = ...,
) -> list[dict[str, Any]]: ...


@overload
def resolve(
    records: FrameT,
    *,
    id: str = ...,
    source: str = ...,
    default_source: str = ...,
    config: Config | None = ...,
    labels: Any = ...,
    progress: Progress = ...,
) -> FrameT: ...


def resolve(
    records: Any,
    *,
    id: str = "id",
    source: str = "source",
    default_source: str = "contacts",
    config: Config | None = None,
    labels: Any = None,
    progress: Progress = None,
) -> Any:
    """Finds out which contact records are one person.

    The columns named by ``id`` and ``source`` are the key of a record. Without an ``id`` column
    records are numbered from 1; a record without a source comes from ``default_source``. All other
    columns are read by their names (``first_name``, ``Vorname``, ``e-mail`` ...);
    ``config={"fields": {"ref": "platform_id", "note": "ignored"}}`` overrides a column.

    ``labels`` are pairs people know the answer of, to learn from: rows with ``a``, ``b`` (each a key) and
    ``match``, or what :func:`review` gave with ``match`` filled in; rows without an answer are left out.

    Gives ``source``, ``id``, ``entity_id`` and ``probability`` for each record.
    """
    found = given(records, "records", {id: "id", source: "source"})
    with watched(progress) as watch:
        if found.stream is not None and labels is None:
            return found.back(_native.resolve_table(found.stream, to_json(config or {}), default_source, watch))
        told = to_json(_labels(labels, default_source))
        asked = request(config, records=records_of(found, config, default_source), labels=told)
        answer = call("resolve", asked, watch)
    return found.back_rows(answer["entities"], _PEOPLE)


def explain(
    records: Any,
    a: Key,
    b: Key,
    *,
    id: str = "id",
    source: str = "source",
    default_source: str = "contacts",
    config: Config | None = None,
    progress: Progress = None,
) -> Explanation:
    """Why the records ``a`` and ``b`` are one person, or why not.

    The dict holds ``evidence`` (prior, contributions and total in bits), ``probability``,
    ``decision`` (``match``, ``review``, ``no_match``), ``same_entity``, ``refused`` and
    ``blocking`` (how the two met). Of two people ``why_not`` says what keeps them apart:
    ``obstacles``, the bits ``missing`` to the ``threshold``, the findings ``against``, the blocking
    rules that were ``unmet`` or ``crowded``.

    >>> contacts = [{"id": "1", "name": "Ana Petrova", "email": "ana@x.io"},
    ...             {"id": "2", "name": "Bo Lindqvist", "email": "bo@y.org"}]
    >>> explain(contacts, "1", "2")["why_not"]["obstacles"]
    ['below_threshold']
    """
    found = given(records, "records", {id: "id", source: "source"})
    keys = {"a": to_json(key_of(a, default_source)), "b": to_json(key_of(b, default_source))}
    with watched(progress) as watch:
        asked = request(config, records=records_of(found, config, default_source), **keys)
        return Explanation(call("explain", asked, watch), found)


def how(
    records: Any,
    record: Key | None = None,
    *,
    entity_id: str | None = None,
    id: str = "id",
    source: str = "source",
    default_source: str = "contacts",
    config: Config | None = None,
    progress: Progress = None,
) -> How:
    """How the entity of ``record``, or the one that :func:`resolve` called ``entity_id``, came about.

    The dict holds its ``records``, the ``steps`` that joined them, the strongest first (``a``, ``b``,
    ``evidence``, ``probability``, and ``joined``: how many records were together on either side), and
    the pairs people decided (``must_link``).

    >>> contacts = [{"id": "1", "name": "Ana Petrova", "email": "ana@x.io"},
    ...             {"id": "2", "name": "Ana Petrova", "email": "ANA@x.io"}]
    >>> how(contacts, "2").table()[0]["b"]
    'contacts:2'
    """
    found = given(records, "records", {id: "id", source: "source"})
    asked_of: dict[str, str] = {}
    if record is not None:
        asked_of["record"] = to_json(key_of(record, default_source))
    if entity_id is not None:
        asked_of["entity_id"] = to_json(entity_id)
    with watched(progress) as watch:
        asked = request(config, records=records_of(found, config, default_source), **asked_of)
        return How(call("how", asked, watch), found)


def what_if(
    records: Any,
    without: Key,
    *,
    id: str = "id",
    source: str = "source",
    default_source: str = "contacts",
    config: Config | None = None,
    progress: Progress = None,
) -> dict[str, Any]:
    """What would be if a record were not there.

    The dict holds the entities concerned as they are (``before``) and as they would be (``after``), each
    with its ``entity_id`` and ``records``.
    """
    found = given(records, "records", {id: "id", source: "source"})
    with watched(progress) as watch:
        asked = request(
            config,
            records=records_of(found, config, default_source),
            without=to_json(key_of(without, default_source)),
        )
        told: dict[str, Any] = call("what_if", asked, watch)
    return told


def live(
    records: Any,
    changes: Iterable[Mapping[str, Any]],
    *,
    learn_from: Any = None,
    id: str = "id",
    source: str = "source",
    default_source: str = "contacts",
    config: Config | None = None,
    progress: Progress = None,
) -> list[dict[str, Any]]:
    """Starts with ``records``, makes ``changes`` and answers questions in their order: an answer for each.

    Changes and questions are dicts as ``docs/bindings.md`` lists them; one that is refused answers
    ``{"error": ...}`` and changes nothing. The model is learnt from ``records``, or from those in
    ``learn_from``. To go on after the call, keep a :class:`LiveResolver`.

    >>> ana = {"source": "crm", "id": "1", "name": "Ana Petrova", "email": "ana@x.io"}
    >>> answers = live([ana], [{"upsert": ana | {"id": "2"}}, {"entities": True}])
    >>> [one["entity"] for one in answers[1]["entities"]]
    [1, 1]
    """
    names = {id: "id", source: "source"}
    parts = {"records": records_of(given(records, "records", names), config, default_source)}
    if learn_from is not None:
        parts["learn_from"] = records_of(given(learn_from, "learn_from", names), config, default_source)
    with watched(progress) as watch:
        asked = request(config, **parts, changes=to_json(list(changes)))
        answers: list[dict[str, Any]] = call("live", asked, watch)["answers"]
    return answers


def model_table(
    records: Any,
    *,
    id: str = "id",
    source: str = "source",
    default_source: str = "contacts",
    config: Config | None = None,
    progress: Progress = None,
) -> Any:
    """What :func:`resolve` learns from ``records``: what each level of each comparison weighs.

    One row per level, as the kind of frame that was given: ``comparison``, ``level``, its share among
    matches ``m`` and among strangers ``u``, its ``weight`` in bits (log2 m/u; an exact agreement weighs
    more the rarer its value), and how many candidate pairs were ``seen`` with it.

    >>> rows = model_table([{"id": "1", "email": "ana@x.io"}, {"id": "2", "email": "bo@y.org"}])
    >>> rows[0]["comparison"], rows[0]["level"]
    ('email', 'exact')
    """
    found = given(records, "records", {id: "id", source: "source"})
    with watched(progress) as watch:
        asked = request(config, records=records_of(found, config, default_source))
        rows: list[dict[str, Any]] = call("model_table", asked, watch)["rows"]
    return found.flat(rows, _LEVELS)


def review(
    records: Any,
    count: int = 50,
    *,
    labels: Any = None,
    id: str = "id",
    source: str = "source",
    default_source: str = "contacts",
    config: Config | None = None,
    progress: Progress = None,
) -> Any:
    """The ``count`` pairs of records whose answers would teach most, the best first.

    One row per pair, as the kind of frame that was given: ``a_source``, ``a_id``, ``b_source``,
    ``b_id``, ``probability``, the ``evidence`` in one line, and ``match``, which is ``None``. Fill it in
    and give the rows to :func:`resolve` as ``labels``. Pairs in ``labels`` are not asked again.
    """
    found = given(records, "records", {id: "id", source: "source"})
    with watched(progress) as watch:
        asked = request(
            config,
            records=records_of(found, config, default_source),
            labels=to_json(_labels(labels, default_source)),
            count=to_json(count),
        )
        pairs: list[dict[str, Any]] = call("review", asked, watch)["pairs"]
    return found.flat([_asked(pair) for pair in pairs], _QUESTIONS)


def _asked(pair: dict[str, Any]) -> dict[str, Any]:
    findings = pair["evidence"]["contributions"]
    return {
        "a_source": pair["a"]["source"],
        "a_id": pair["a"]["id"],
        "b_source": pair["b"]["source"],
        "b_id": pair["b"]["id"],
        "probability": pair["probability"],
        "evidence": "; ".join(f"{c['name']}: {c['level']} {c['weight']:+.1f}" for c in findings),
        "match": None,
    }


def _labels(labels: Any, source: str) -> list[dict[str, Any]]:
    """Labels as the library reads them; rows without an answer are left out."""
    if labels is None:
        return []

    def key(row: Row, side: str) -> dict[str, str]:
        if side in row:
            return key_of(row[side], source)
        if f"{side}_id" not in row:
            raise InputError(f"`labels` has neither `{side}` nor `{side}_id`; give a, b and match")
        return {"source": str(row.get(f"{side}_source", source)), "id": str(row[f"{side}_id"])}

    def answered(row: Row) -> bool:
        answer = row.get("match")
        # A missing value in a frame is a NaN, which is no answer and not equal to itself.
        return answer is not None and bool(answer == answer)

    return [
        {"a": key(row, "a"), "b": key(row, "b"), "match": bool(row["match"])}
        for row in rows_of(given(labels, "labels"))
        if answered(row)
    ]


@dataclass(frozen=True, repr=False)
class Golden:
    """What :func:`golden` made, each part as the kind of frame that was given."""

    records: Any
    """One row per entity: ``entity_id`` and what survived in each field. In dicts a field that keeps
    all its values has a list; in frames they are joined, best first."""

    provenance: Any
    """One row per value: ``entity_id``, ``field``, ``value``, whether it ``survived``, how many records
    ``agreed`` of those ``filled``, what it was ``decided_by``, and the ``records`` that hold it."""

    answer: list[dict[str, Any]]
    """All of it as JSON data."""

    def __repr__(self) -> str:
        return f"<reknit.Golden: {len(self.answer)} records>"


def golden(
    records: Any,
    entities: Any,
    *,
    id: str = "id",
    source: str = "source",
    default_source: str = "contacts",
    config: Config | None = None,
    progress: Progress = None,
) -> Golden:
    """Makes one golden record of each entity: which value of each field survives, and why.

    ``records`` is what :func:`resolve` was given and ``entities`` what it gave: ``source``, ``id`` and
    ``entity_id`` of each record. ``config`` says by which policies values survive:
    ``{"policies": {"surname": ["recency"]}, "updated": "changed", "sources": ["crm", "shop"]}``.

    >>> contacts = [{"id": "1", "name": "ANA PETROVA", "email": "ana@x.io"},
    ...             {"id": "2", "name": "Ana Petrova", "email": "ANA@x.io"}]
    >>> golden(contacts, resolve(contacts)).records[0]["full_name"]
    'Ana Petrova'
    """
    found = given(records, "records", {id: "id", source: "source"})
    with watched(progress) as watch:
        asked = request(
            config,
            records=records_of(found, _only_fields(config), default_source),
            entities=to_json(_entities(entities)),
        )
        made: list[dict[str, Any]] = call("golden", asked, watch)["golden"]
    return _golden(made, found)


def _only_fields(config: Config | None) -> Config:
    """The part of a config that says how columns are read."""
    return {"fields": config["fields"]} if config and "fields" in config else {}


def _entities(entities: Any) -> list[dict[str, Any]]:
    names = ("source", "id", "entity_id")
    rows = rows_of(given(entities, "entities"))
    for name in names:
        if any(name not in row for row in rows):
            raise InputError(f"`entities` has no column `{name}`; give what `resolve` gave")
    return [{name: str(row[name]) for name in names} for row in rows]


def _golden(made: list[dict[str, Any]], like: Given) -> Golden:
    text, number = _nw.String(), _nw.Int64()
    names = sorted({name for one in made for name in one["fields"]} - {"entity_id"})
    fields = [{"entity_id": one["entity_id"]} | one["fields"] | {"entity_id": one["entity_id"]} for one in made]
    if like.frame is not None:
        fields = [{name: row.get(name) for name in ("entity_id", *names)} for row in fields]
    provenance = [
        {
            "entity_id": one["entity_id"],
            "field": field,
            "value": support["value"],
            "survived": survived,
            "agreed": support["agreed"],
            "filled": why["filled"],
            "decided_by": why["decided_by"],
            "records": [f"{key['source']}:{key['id']}" for key in support["records"]],
        }
        for one in made
        for field, why in one["provenance"].items()
        for survived, supports in ((True, why["values"]), (False, why["lost"]))
        for support in supports
    ]
    return Golden(
        records=like.flat(fields, {name: text for name in ("entity_id", *names)}),
        provenance=like.flat(
            provenance,
            {"entity_id": text, "field": text, "value": text, "survived": _nw.Boolean(), "agreed": number,
             "filled": number, "decided_by": text, "records": text},
        ),
        answer=made,
    )


@overload
def stitch(
    messages: Sequence[Row], *, config: Config | None = ..., progress: Progress = ...
) -> list[dict[str, Any]]: ...


@overload
def stitch(messages: FrameT, *, config: Config | None = ..., progress: Progress = ...) -> FrameT: ...


def stitch(messages: Any, *, config: Config | None = None, progress: Progress = None) -> Any:
    """Finds out which messages, over all channels, are one conversation.

    Columns are read by the names real exports use (``id``, ``sent`` or ``timestamp``, ``channel``,
    ``author`` or ``from``, ``to``, ``subject``, ``text`` or ``body``, ``in_reply_to`` ...).

    Gives ``id``, ``conversation_id``, ``parent_id``, ``relation`` and ``weight`` (bits) for each
    message; for a list of dicts also the ``evidence``, the ``runner_up``: the next best message to hang
    on (``id``, ``weight``), or ``None``, and whether it is ``suggested`` that a person looks at that one.
    """
    found = given(messages, "messages")
    with watched(progress) as watch:
        if found.stream is not None:
            return found.back(_native.stitch_table(found.stream, to_json(config or {}), watch))
        answer = call("stitch", request(config, messages=messages_of(found)), watch)
    placed = [row | {"evidence": Evidence(row["evidence"])} for row in answer["messages"]]
    return found.back_rows(placed, _PLACES)


def explain_link(
    messages: Any, id: str, *, config: Config | None = None, progress: Progress = None
) -> Explanation:
    """Why the message ``id`` is where :func:`stitch` puts it.

    The dict holds its ``conversation_id``, the message it hangs on (``parent_id``) and how (``relation``),
    the ``weight`` of that and the ``evidence`` for it, the ``runner_up`` and whether it is ``suggested`` that
    a person looks at it, the ``gap_ms`` after which a new matter is likelier on its channel, and the ``model`` that ranked it, if any did.

    >>> mails = [{"id": "1", "sent": "2026-03-02T09:00:00Z", "from": "ana@x.io", "subject": "Parcel"},
    ...          {"id": "2", "sent": "2026-03-02T10:00:00Z", "from": "desk@shop.io", "in_reply_to": "1"}]
    >>> why = explain_link(mails, "2")
    >>> why["parent_id"], why["relation"], why.table()[0]["name"]
    ('1', 'reply', 'reply_id')
    """
    found = given(messages, "messages")
    with watched(progress) as watch:
        asked = request(config, messages=messages_of(found), id=to_json(str(id)))
        return Explanation(call("explain_link", asked, watch), found)


def stitch_live(
    messages: Any,
    changes: Iterable[Mapping[str, Any]],
    *,
    config: Config | None = None,
    progress: Progress = None,
) -> list[dict[str, Any]]:
    """Starts with ``messages``, makes ``changes`` and answers questions in their order: an answer for each.

    Changes and questions are dicts as ``docs/bindings.md`` lists them; one that is refused answers
    ``{"error": ...}`` and changes nothing. To go on after the call, keep a :class:`LiveStitcher`.

    >>> mail = {"id": "1", "sent": "2026-03-02T09:00:00Z", "from": "ana@x.io", "subject": "Parcel"}
    >>> answers = stitch_live([mail], [{"upsert": mail | {"id": "2", "in_reply_to": "1"}}, {"members": 1}])
    >>> answers[0]["events"], answers[1]["messages"]
    ([{'event': 'joined', 'conversation': 1, 'message': '2'}], ['1', '2'])
    """
    with watched(progress) as watch:
        asked = request(config, messages=messages_of(given(messages, "messages")), changes=to_json(list(changes)))
        answers: list[dict[str, Any]] = call("stitch_live", asked, watch)["answers"]
    return answers
def timeline(
    messages: Any, conversation_id: str, *, config: Config | None = None, progress: Progress = None
) -> Timeline:
    """How the conversation that :func:`stitch` called ``conversation_id`` went on, over its channels.

    ``messages`` and ``config`` are what :func:`stitch` was given. The dict holds the ``sessions``, the
    ``hand_offs`` and ``asked_to_repeat`` of the conversation; ``rows`` and ``table()`` are a row a message,
    and a notebook draws it.

    >>> messages = [
    ...     {"id": "1", "sent": "2026-03-02T09:00:00Z", "channel": "email", "author": "ana@x.io", "subject": "Lamp"},
    ...     {"id": "2", "sent": "2026-03-02T12:00:00Z", "channel": "sms", "author": "+49151", "in_reply_to": "1"},
    ... ]
    >>> lamp = timeline(messages, "1")
    >>> [(change["from"], change["to"], change["gap_ms"] // 60_000) for change in lamp["hand_offs"]]
    [('email', 'sms', 180)]
    """
    found = given(messages, "messages")
    with watched(progress) as watch:
        answer = call("stitch", request(config, messages=messages_of(found)), watch)
    for conversation in answer["conversations"]:
        if conversation["id"] == conversation_id:
            placed = {row["id"]: row for row in answer["messages"] if row["conversation_id"] == conversation_id}
            return Timeline(conversation, placed, found)
    raise NotFoundError(f"no conversation `{conversation_id}` among these messages; give a `conversation_id` of `stitch`")


def train(
    texts: Any,
    labels: Any,
    *,
    metric: str | None = None,
    class_weights: str | Mapping[str, float] | None = None,
    dev: tuple[Any, Any] | None = None,
    config: Config | None = None,
    progress: Progress = None,
) -> Classifier:
    """Learns to label texts from examples.

    ``texts`` and ``labels`` are lists or series of equal length; ``dev`` is a second pair, on
    which settings are chosen (without it, by cross-validation). ``metric`` is what to choose them
    for: ``accuracy``, ``macro_f1`` .... ``class_weights`` says how much an error counts by the label of the
    text: ``"balanced"``, or numbers by label, such as ``{"spam": 3.0}``; labels not named have 1.
    """
    settings = learning(config, metric, class_weights)
    held_out = None if dev is None else (_texts(dev[0]), labels_of(dev[1], "dev"))
    with watched(progress) as watch:
        return Classifier(
            _native.Classifier.train(_texts(texts), labels_of(labels, "labels"), held_out, to_json(settings), watch)
        )


def train_multi(
    texts: Any,
    labels: Any,
    *,
    metric: str | None = None,
    class_weights: str | Mapping[str, float] | None = None,
    dev: tuple[Any, Any] | None = None,
    config: Config | None = None,
    progress: Progress = None,
) -> MultiClassifier:
    """Learns to give a text several labels, or none.

    ``labels`` is a list or series of lists of labels, one a text and empty where it carries none. ``metric`` is
    ``macro_f1`` unless it is given: ``micro_f1``, ``macro_recall``, ``f1:LABEL``, or ``accuracy``, which asks for all
    the right labels of a text and no other. All else is as for :func:`train`.
    """
    settings = learning(config, metric, class_weights)
    held_out = None if dev is None else (_texts(dev[0]), label_lists_of(dev[1], "dev"))
    lists = label_lists_of(labels, "labels")
    with watched(progress) as watch:
        return MultiClassifier(
            _native.MultiClassifier.train(_texts(texts), lists, held_out, to_json(settings), watch)
        )


def classify_multi(texts: Any, model: MultiClassifier, *, text: str = "text", progress: Progress = None) -> Any:
    """Gives each text several labels, or none; see :meth:`MultiClassifier.classify` for what comes back."""
    return model.classify(texts, text=text, progress=progress)


def explain_multi(texts: Any, label: str, model: MultiClassifier, *, text: str = "text") -> Any:
    """Why each text carries ``label``, or not: an answer of :meth:`MultiClassifier.explain` for one text, a list of
    them for more."""
    found = given_texts(texts, text)
    answers = [model.explain(one, label) for one in found.texts]
    return answers[0] if found.one else answers


def counterfactual_multi(texts: Any, label: str, model: MultiClassifier, *, text: str = "text") -> Any:
    """Whether each text would carry ``label`` without its words: a dict as :meth:`MultiClassifier.counterfactual` gives
    it for one text, a list of them for more."""
    found = given_texts(texts, text)
    answers = [model.counterfactual(one, label) for one in found.texts]
    return answers[0] if found.one else answers


def top_features_multi(
    label: str, texts: Any, model: MultiClassifier, *, count: int = 20, text: str = "text"
) -> TopFeatures:
    """Which words speak for ``label`` in ``texts``, and which against it; see :meth:`MultiClassifier.top_features`."""
    return model.top_features(label, texts, count=count, text=text)


def classify(
    texts: Any,
    model: Classifier | str = "sentiment",
    *,
    text: str = "text",
    progress: Progress = None,
) -> Any:
    """Labels texts with a trained classifier or a built-in model: ``sentiment``, ``emotion``, ``intent``, ``urgency``
    or ``spam``.

    ``texts`` is one text, a list of them, a series, or a frame whose column ``text`` holds them;
    see :meth:`Classifier.classify` for what comes back. Sentiment has the labels ``positive``,
    ``negative``, ``neutral`` and ``mixed``, a ``score`` and an ``effective_score`` (irony accounted
    for) from -1 to 1, and, in dicts, ``sarcasm`` and ``contributions`` with byte places. The other models give their
    readings as dicts, and ``label`` and ``probability`` in frames.
    """
    if isinstance(model, Classifier):
        return model.classify(texts, text=text, progress=progress)
    found = given_texts(texts, text)
    brief = found.rows.frame is not None and model != "sentiment"
    with watched(progress) as watch:
        results = call("classify", to_json({"texts": found.texts, "model": model, "brief": brief}), watch)["results"]
    return results[0] if found.one else found.rows.back_rows(results, _LABELS if brief else _READINGS)


def counterfactual(texts: Any, model: Classifier, *, text: str = "text") -> Any:
    """What each text would be labelled without its words: a dict as :meth:`Classifier.counterfactual` gives it for
    one text, a list of them for more."""
    found = given_texts(texts, text)
    answers = [model.counterfactual(one) for one in found.texts]
    return answers[0] if found.one else answers


def top_features(
    label: str, texts: Any, model: Classifier, *, count: int = 20, text: str = "text"
) -> TopFeatures:
    """Which words speak for ``label`` in ``texts``, and which against it; see :meth:`Classifier.top_features`."""
    return model.top_features(label, texts, count=count, text=text)


def suggest(
    texts: Any, model: Classifier, *, count: int = 10, text: str = "text"
) -> list[int]:
    """The places of at most ``count`` texts whose labels would teach ``model`` most, the most telling first."""
    return model.suggest(texts, count=count, text=text)


def classify_live(
    texts: Any,
    labels: Any,
    changes: Iterable[Mapping[str, Any]],
    *,
    config: Config | None = None,
    progress: Progress = None,
) -> list[dict[str, Any]]:
    """Learns from ``texts`` and their ``labels``, makes ``changes`` and answers questions in their order: an answer
    for each.

    Changes and questions are dicts as ``docs/bindings.md`` lists them; one that is refused answers
    ``{"error": ...}`` and changes nothing. To go on after the call, keep a :class:`LiveClassifier`.
    """
    with watched(progress) as watch:
        asked = request(config, examples=to_json(examples_of(texts, labels)), changes=to_json(list(changes)))
        answers: list[dict[str, Any]] = call("classify_live", asked, watch)["answers"]
    return answers


@dataclass(frozen=True, repr=False)
class Outcome:
    """What :func:`run` found, each part as the kind of frame that was given.

    As lists of dicts the parts hold all that is known; as frames they are flat.
    """

    people: Any
    """Everybody, by ``entity_id``: the name, and how many records, messages and conversations;
    in dicts which ones, and how they are reached."""

    records: Any
    """``source``, ``id`` and ``entity_id`` of each contact record, by person."""

    conversations: Any
    """``id``, how many messages, over which channels; in dicts which messages."""

    messages: Any
    """The conversation of each message as :func:`stitch` gives it, the ``entity_id`` of its author
    and its sentiment (``label``, ``probability``, ``score``, ``effective_score``)."""

    answer: dict[str, Any]
    """All of it as JSON data, with ``links`` and ``refused`` and their evidence."""

    def __repr__(self) -> str:
        count = {part: len(self.answer[part]) for part in ("people", "conversations", "messages")}
        return "<reknit.Outcome: " + ", ".join(f"{n} {part}" for part, n in count.items()) + ">"


def run(
    contacts: Any,
    messages: Any,
    *,
    id: str = "id",
    source: str = "source",
    default_source: str = "contacts",
    config: Config | None = None,
    progress: Progress = None,
) -> Outcome:
    """The main job: people from contacts, conversations from messages, who wrote what, how it reads.

    ``id`` and ``source`` name the key columns of the contacts; ``config`` holds ``resolve``,
    ``stitch`` and ``sentiment``.
    """
    people = given(contacts, "contacts", {id: "id", source: "source"})
    said = given(messages, "messages")
    resolving = (config or {}).get("resolve")
    with watched(progress) as watch:
        asked = request(
            config, contacts=records_of(people, resolving, default_source), messages=messages_of(said)
        )
        answer: dict[str, Any] = call("run", asked, watch)
    return _outcome(answer, people, said)


def _outcome(answer: dict[str, Any], people: Given, said: Given) -> Outcome:
    author = {message: person["entity_id"] for person in answer["people"] for message in person["messages"]}
    readings = answer["sentiments"] or [dict.fromkeys(_READINGS)] * len(answer["messages"])
    messages = [
        placed | {"entity_id": author.get(placed["id"])} | {name: reading[name] for name in _READINGS}
        for placed, reading in zip(answer["messages"], readings, strict=True)
    ]
    records = [key | {"entity_id": p["entity_id"]} for p in answer["people"] for key in p["records"]]
    numbers, text = _nw.Int64(), _nw.String()
    return Outcome(
        people=people.flat(
            answer["people"],
            {"entity_id": text, "name": text, "records": numbers, "messages": numbers, "conversations": numbers},
        ),
        records=people.flat(records, {"source": text, "id": text, "entity_id": text}),
        conversations=said.flat(answer["conversations"], {"id": text, "messages": numbers, "channels": text}),
        messages=said.back_rows(messages, _PLACES | {"entity_id": text} | _READINGS),
        answer=answer,
    )


class Messages(list[dict[str, Any]]):
    """What :func:`read_messages` read: a list of messages, as :func:`stitch` and :func:`run` take them."""

    format: str
    """What the file was taken for: ``eml``, ``mbox``, ``jsonl``, ``whatsapp`` ..."""

    problems: list[dict[str, Any]]
    """What could not be read: the ``place`` (``line``, and in JSON the ``path``) and ``what`` is wrong."""

    def __init__(self, messages: Iterable[dict[str, Any]], format: str, problems: list[dict[str, Any]]) -> None:
        super().__init__(messages)
        self.format = format
        self.problems = problems


def read_messages(
    file: str | PathLike[str] | bytes,
    *,
    file_name: str | None = None,
    format: str | None = None,
    channel: str | None = None,
    us: Sequence[str] = (),
    utc_offset_minutes: int = 0,
    date_order: str | None = None,
    people: Mapping[str, Any] | None = None,
) -> Messages:
    """The messages in a file, given by its path or as ``bytes``: a mail, an mbox, message JSON Lines, or an
    export of WhatsApp, X, Slack, Telegram, Chatwoot or Zendesk.

    ``format`` is found out if it is not named; ``file_name`` goes with ``bytes``. ``us`` are the handles, names or
    addresses of one's own side (``@shop.example`` is a domain), ``utc_offset_minutes`` is what local time is ahead of
    UTC where a file has no zone (WhatsApp), ``date_order`` (``dmy``, ``mdy``, ``ymd``) settles its dates, and
    ``people`` says who is behind a platform's ids. What cannot be read is left out and told in ``problems``.

    >>> chat = b"[05/02/24, 10:15:32] Ana: Is it open?\\n[05/02/24, 10:16:01] Bo: Until six\\n"
    >>> messages = read_messages(chat, us=["Bo"])
    >>> messages.format, messages[0]["text"], messages[1]["direction"]
    ('whatsapp', 'Is it open?', 'outbound')
    """
    if isinstance(file, bytes):
        data = file
    else:
        file_name = file_name or fspath(file)
        data = Path(file).read_bytes()
    options: dict[str, Any] = {
        "file_name": file_name or "",
        "format": format,
        "channel": channel,
        "us": list(us),
        "utc_offset_minutes": utc_offset_minutes,
        "date_order": date_order,
        "people": dict(people or {}),
    }
    answer = json.loads(_native.read_messages(data, to_json(options)))
    return Messages(answer["messages"], answer["format"], answer["problems"])


def evaluate(kind: str, truth: Any, pred: Any) -> dict[str, Any]:
    """Scores what was found against the truth: one group name or label per item in each.

    ``kind`` is ``resolve``, ``stitch``, ``classify`` or ``classify_multi``. Groups (the first two) get pairwise
    and B-cubed precision, recall and F1, variation of information, one-to-one overlap and exact
    match; labels get accuracy, macro F1 and the rest. With ``classify_multi`` each item is a list of labels, and
    micro F1 comes too.

    >>> evaluate("resolve", truth=["a", "a", "b"], pred=["x", "x", "y"])["pairwise"]["f1"]
    1.0
    """
    read = label_lists_of if kind == "classify_multi" else labels_of
    asked = {"kind": kind, "pred": read(pred, "pred"), "truth": read(truth, "truth")}
    scores: dict[str, Any] = call("evaluate", to_json(asked))
    return scores


def _texts(texts: Iterable[str]) -> list[str]:
    if isinstance(texts, str):
        raise TypeError("`texts` must be a list or series of texts, not one text")
    return given_texts(texts, "text").texts
