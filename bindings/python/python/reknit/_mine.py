"""What texts hold: dates and amounts, phrases, topics, texts that are alike."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import narwhals.stable.v2 as _nw

from ._frames import Texts, given, given_texts, labels_of, to_json
from ._progress import Progress, watched
from ._request import Config, call, messages_of, request

_TEXT, _WHOLE, _REAL = _nw.String(), _nw.Int64(), _nw.Float64()
_FOUND = {
    "index": _WHOLE,
    "kind": _TEXT,
    "start": _WHOLE,
    "end": _WHOLE,
    "normal": _TEXT,
    "reason": _TEXT,
    "relative": _TEXT,
    "other": _TEXT,
    "issuer": _TEXT,
}
_PHRASES = {"index": _WHOLE, "text": _TEXT, "score": _REAL}
_OPINIONS = {"index": _WHOLE, "aspect": _TEXT, "polarity": _REAL}


def _each(verb: str, found: Texts, more: Mapping[str, Any], schema: Mapping[str, Any], progress: Progress) -> Any:
    """What a verb finds in each text: its list for one text, lists for a list, else a frame with a row a finding."""
    with watched(progress) as watch:
        results: list[list[dict[str, Any]]] = call(verb, to_json({"texts": found.texts, **more}), watch)["results"]
    if found.one:
        return results[0]
    if found.rows.frame is None:
        return results
    rows = [{"index": index} | dict.fromkeys(schema) | one for index, row in enumerate(results) for one in row]
    flat = [{name: row["index"] if name == "index" else row[name] for name in schema} | {"index": row["index"]} for row in rows]
    return found.rows.flat(flat, schema)


def _settings(config: Config | None, **more: Any) -> dict[str, Any]:
    return {"config": dict(config or {}) | {name: value for name, value in more.items() if value is not None}}


def extract(
    texts: Any,
    *,
    times: Sequence[Any] | None = None,
    locale: str | None = None,
    config: Config | None = None,
    text: str = "text",
    progress: Progress = None,
) -> Any:
    """Finds dates, times, amounts, numbers of orders and parcels, addresses, accounts and cards.

    ``texts`` is one text, a list, a series, or a frame whose column ``text`` holds them. ``times`` says when each was
    written (milliseconds since 1970, or RFC 3339), for *tomorrow* and *next Friday*; ``locale`` is a language,
    perhaps with a region. One text gives a list of findings (``kind``, ``start`` and ``end`` in bytes, ``normal``,
    ``reason``), a list gives lists; a series or frame gives a frame of its kind with a row a finding, where
    ``index`` is the place of the text.

    >>> [(f["kind"], f["normal"]) for f in extract("Refund EUR 20 by 2026-03-12 please")]
    [('amount', '20 EUR'), ('date', '2026-03-12')]
    """
    found = given_texts(texts, text)
    more = _settings(config, locale=locale)
    if times is not None:
        more["references"] = [None if time is None else {"time": time} for time in times]
    return _each("extract", found, more, _FOUND, progress)


def redact(
    texts: Any,
    *,
    numbered: bool | None = None,
    config: Config | None = None,
    text: str = "text",
    progress: Progress = None,
) -> Any:
    """Puts placeholders in the place of personal data: addresses, phones, accounts, cards, handles.

    One text gives a dict of ``text`` and ``replaced`` (``kind``, ``start``, ``end`` of what stood there, in bytes), a
    list gives a list of these; a series or a frame gives a frame of its kind with the redacted ``text``, row by row.
    ``numbered`` gives equal values of one text the same number.

    >>> redact("Write to ana@x.io or call +49 151 23456789")["text"]
    'Write to [email] or call [phone]'
    """
    found = given_texts(texts, text)
    with watched(progress) as watch:
        asked = {"texts": found.texts, **_settings(config, numbered=numbered)}
        results: list[dict[str, Any]] = call("redact", to_json(asked), watch)["results"]
    return results[0] if found.one else found.rows.back_rows(results, {"text": _TEXT})


def key_phrases(
    texts: Any, *, most: int | None = None, config: Config | None = None, text: str = "text", progress: Progress = None
) -> Any:
    """Finds at most ``most`` (10) phrases of each text that say what it is about, best first.

    One text gives a list of ``text``, ``score`` and ``spans`` (bytes), a list gives lists; a series or frame gives a
    frame with a row a phrase, where ``index`` is the place of the text.
    """
    return _each("key_phrases", given_texts(texts, text), _settings(config, most=most), _PHRASES, progress)


def similar(texts: Any, queries: Any, *, count: int = 10, text: str = "text", progress: Progress = None) -> Any:
    """The ``count`` of ``texts`` most like each of ``queries``: their ``index`` and ``similarity`` (0 to 1)."""
    asked = given_texts(queries, text)
    more = {"texts": given_texts(texts, text).texts, "queries": asked.texts, "count": count}
    with watched(progress) as watch:
        results = call("similar", to_json(more), watch)["results"]
    return results[0] if asked.one else results


def duplicates(texts: Any, *, similarity: float | None = None, config: Config | None = None, text: str = "text") -> Any:
    """Groups of texts that are nearly the same: lists of ``index`` and ``similarity`` with the first of the group."""
    more = {"texts": given_texts(texts, text).texts, **_settings(config, similarity=similarity)}
    return [group["members"] for group in call("duplicates", to_json(more), None)["groups"]]


def topics(
    texts: Any,
    *,
    times: Sequence[Any] | None = None,
    period_ms: int | None = None,
    config: Config | None = None,
    text: str = "text",
) -> Any:
    """What a collection is about: ``topics``, the ``assignments`` of all texts, and what is ``emerging``.

    With ``times`` (one a text), topics are told that have more texts in the last period (a week, or ``period_ms``)
    than the earlier ones let expect. The answer is the same for any order of the texts.
    """
    more: dict[str, Any] = {"texts": given_texts(texts, text).texts, **_settings(config)}
    more |= {} if times is None else {"times": list(times)}
    more |= {} if period_ms is None else {"period_ms": period_ms}
    return call("topics", to_json(more), None)


def segments(
    texts: Any,
    models: str | Iterable[str] | None = None,
    *,
    traits: Mapping[str, Any] | None = None,
    smallest: int | None = None,
    config: Config | None = None,
    text: str = "text",
    progress: Progress = None,
) -> Any:
    """Parts texts by what kind they are, and those of one kind by what they are about.

    The kind is what built-in ``models`` say, and what is given as ``traits``: a list or series of labels, one a text,
    by a name (a column of :func:`reknit.annotate`); without either what the texts want (``intent``) and how they sound
    (``sentiment``). The answer has the ``segments``, the largest first (``id``, ``traits``, ``label`` and ``words``
    that tell what they are about, ``texts``, ``share``, the places of a few ``examples``), and the ``assignments``
    (``segment``, ``strength``), one a text. ``smallest`` (20) texts make a part of a kind. The answer is the same for
    any order of the texts.
    """
    models = [models] if isinstance(models, str) else list(models or [])
    given = given_texts(texts, text).texts
    more: dict[str, Any] = _settings(config, smallest=smallest)
    more["models"] = models
    more["traits"] = {name: labels_of(labels, "traits") for name, labels in (traits or {}).items()}
    with watched(progress) as watch:
        return call("segments", to_json({"texts": given, **more}), watch)


def summarize(messages: Any, *, config: Config | None = None) -> dict[str, Any]:
    """A conversation in its own sentences: ``problem``, ``asked``, ``promised`` and ``open``, each with its message.

    Messages are as for :func:`reknit.stitch`; who is a customer is read from ``inbound``.
    """
    found: dict[str, Any] = call("summarize", request(config, messages=messages_of(given(messages, "messages"))), None)
    return found


def opinions(
    texts: Any, lists: Mapping[str, Iterable[str]], *, text: str = "text", progress: Progress = None
) -> Any:
    """How the things of ``lists`` (an aspect and the names it goes by) are spoken of, from -1 to 1.

    >>> found = opinions("The screen is great but the battery is awful", {"screen": ["screen"], "power": ["battery"]})
    >>> [(one["aspect"], one["polarity"] > 0) for one in found]
    [('screen', True), ('power', False)]
    """
    asked = [{"aspect": aspect, "names": list(names)} for aspect, names in lists.items()]
    return _each("opinions", given_texts(texts, text), {"lists": asked}, _OPINIONS, progress)


def expand(seeds: Iterable[str], texts: Any = (), *, count: int = 10, text: str = "text") -> Any:
    """Words that belong with ``seeds`` by their meaning and, where ``texts`` are given, by the company they keep."""
    more = {"seeds": list(seeds), "texts": given_texts(texts, text).texts, "count": count}
    return call("expand", to_json(more), None)["results"]
