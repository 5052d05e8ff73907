"""Trained classifiers: one that stays as it is, and one that follows its examples."""

from __future__ import annotations

import json
from collections.abc import Mapping
from os import PathLike
from pathlib import Path
from typing import Any, overload

import narwhals.stable.v2 as _nw

from . import _native
from ._errors import InputError
from ._evidence import Explanation, TopFeatures
from ._frames import Given, given_texts, labels_of, sound, to_json
from ._live import _Live
from ._progress import Progress, watched
from ._request import Config, request

_LABELS = {"label": _nw.String(), "probability": _nw.Float64()}


class Classifier:
    """A trained classifier, made by :func:`reknit.train` or :meth:`load`.

    Immutable: any number of threads may use one at once, and it can be pickled.
    """

    __slots__ = ("_model",)
    _model: _native.Classifier

    def __init__(self, native: _native.Classifier) -> None:
        if not isinstance(native, _native.Classifier):
            raise TypeError("a Classifier is made by reknit.train() or Classifier.load()")
        self._model = native

    @property
    def labels(self) -> list[str]:
        """The labels it can give, sorted."""
        return self._model.labels

    @overload
    def classify(self, texts: str, *, text: str = ..., progress: Progress = ...) -> dict[str, Any]: ...

    @overload
    def classify(
        self, texts: list[str] | tuple[str, ...], *, text: str = ..., progress: Progress = ...
    ) -> list[dict[str, Any]]: ...

    @overload
    def classify(self, texts: Any, *, text: str = ..., progress: Progress = ...) -> Any: ...

    def classify(self, texts: Any, *, text: str = "text", progress: Progress = None) -> Any:
        """Labels texts.

        ``texts`` is one text, a list of them, a series, or a frame whose column ``text`` holds
        them. One text gives a dict of ``label``, ``probability`` and ``probabilities`` (every
        label with its probability, most probable first), ``in_scope`` (the probability that it is about any
        label, where the model asks) and ``accepted`` (whether that is enough); a list gives a list of these; a series
        or a frame gives a frame of its kind with ``label`` and ``probability``, row by row.
        """
        given = given_texts(texts, text)
        with watched(progress) as watch:
            if given.rows.frame is not None:
                return given.rows.back(self._model.classify_table(given.texts, watch))
            found: list[dict[str, Any]] = json.loads(self._model.classify(given.texts, watch))
        for one in found:
            one["probabilities"] = dict(one["probabilities"])
        return found[0] if given.one else found

    def explain(self, text: str) -> Explanation:
        """Why ``text`` gets its label rather than the next best.

        The dict holds ``label``, ``against``, ``evidence`` (prior, contributions and total in bits)
        and ``spans`` (what each word adds, with its first byte and the byte after its last in
        ``text.encode()``).
        """
        return Explanation(json.loads(self._model.explain(sound(text))))

    def counterfactual(self, text: str) -> dict[str, Any]:
        """What ``text`` would be labelled without each of its words: of the 64 that weigh most.

        The dict holds ``label`` and ``probability`` of the text as it is; ``words``, first those that turn the
        label, then by how far the odds move: ``name``, ``spans`` (``start`` and ``end`` in ``text.encode()``),
        the ``label`` without it, the ``probability`` that the text's own label has left, and its ``weight`` in
        bits; and ``turn``, a few ``words`` that turn the label together, with the ``label`` and the
        ``probability`` then, or ``None``. A word is taken out by putting a space wherever it stands.
        """
        answer: dict[str, Any] = json.loads(self._model.ask(to_json({"counterfactual": sound(text)})))
        return answer

    def top_features(
        self, label: str, texts: Any, *, count: int = 20, text: str = "text"
    ) -> TopFeatures:
        """Which words and runs of words speak for ``label`` in ``texts``, and which against it.

        The dict holds ``speak_for`` and ``speak_against``, at most ``count`` each (``name``, ``kind``: ``words`` or
        ``form``, in how many ``texts``, ``weight`` in bits over all of them), and the ``evidence``, which adds
        up to the log odds of the label, against all others, of all texts together. ``table()`` is a row a
        feature. Give the texts of the label to see what makes them so.
        """
        given = given_texts(texts, text)
        question = {"label": label, "texts": given.texts, "count": count}
        return TopFeatures(json.loads(self._model.ask(to_json({"top_features": question}))), given.rows)

    def suggest(self, texts: Any, *, count: int = 10, text: str = "text") -> list[int]:
        """The places of at most ``count`` texts whose labels would teach most, the most telling first.

        Those where the best two labels are about equally probable; of texts that say the same only one.
        """
        return self._model.suggest(given_texts(texts, text).texts, count)

    def live(self, texts: Any, labels: Any) -> LiveClassifier:
        """A live classifier of the examples this one was learnt from, or of others.

        They are learnt by the settings of this one, without a search; it stays as it is.
        """
        live = LiveClassifier.__new__(LiveClassifier)
        live._hold(self._model.live(to_json({"examples": examples_of(texts, labels)})))
        return live

    def to_bytes(self) -> bytes:
        """The model as bytes, the same for all languages."""
        return self._model.to_bytes()

    @classmethod
    def from_bytes(cls, model: bytes) -> Classifier:
        """Reads a model; :class:`reknit.ModelError` when it is damaged or too new."""
        return cls(_native.Classifier.from_bytes(model))

    def save(self, path: str | PathLike[str]) -> None:
        """Writes the model to a file."""
        Path(path).write_bytes(self.to_bytes())

    @classmethod
    def load(cls, path: str | PathLike[str]) -> Classifier:
        """Reads a model from a file."""
        return cls.from_bytes(Path(path).read_bytes())

    def __reduce__(self) -> tuple[Any, ...]:
        return Classifier.from_bytes, (self.to_bytes(),)

    def __repr__(self) -> str:
        return f"<reknit.Classifier of {len(self.labels)} labels>"


class LiveClassifier(_Live):
    """A classifier that follows its examples: corrections by people, new texts, new labels.

    ``texts`` and ``labels`` are those to start with; ``metric``, ``class_weights`` and ``config`` are as
    :func:`reknit.train` takes them.
    What is added is known at once, nearly as if it had been there from the beginning; after :meth:`settle`
    exactly so, in whatever order it came.

    >>> from reknit import LiveClassifier
    >>> live = LiveClassifier(
    ...     ["I want my money back", "please refund the order", "refund my payment",
    ...      "cannot log in to my account", "the login page rejects my password", "my password does not work",
    ...      "thank you so much", "thanks, all good", "great, thank you"],
    ...     ["refund"] * 3 + ["login"] * 3 + ["thanks"] * 3)
    >>> live.add(["where is my parcel, the courier never came"], ["parcel"])
    {'examples': 10, 'labels': 4, 'settled': False}
    >>> live.classify("the courier never came with my parcel")["label"]
    'parcel'

    Any number of threads may use one at once, and it can be pickled. It keeps the texts.
    """

    __slots__ = ()
    _engine: _native.LiveClassifier

    def __init__(
        self,
        texts: Any,
        labels: Any,
        *,
        metric: str | None = None,
        class_weights: str | Mapping[str, float] | None = None,
        config: Config | None = None,
        progress: Progress = None,
    ) -> None:
        settings = learning(config, metric, class_weights)
        examples = to_json(examples_of(texts, labels))
        with watched(progress) as watch:
            self._hold(_native.LiveClassifier.begin(request(settings, examples=examples), watch))

    def _hold(self, engine: _native.LiveClassifier) -> None:
        self._engine, self._like = engine, Given(None, [], None)

    def add(self, texts: Any, labels: Any) -> dict[str, Any]:
        """Learns more examples, also of labels that are new.

        What is known already changes nothing, and a text known with another label is relearnt: a correction.
        As every change it gives how many ``examples`` and ``labels`` there are, and whether all is ``settled``.
        """
        return self._change("add", examples_of(texts, labels))

    def forget(self, texts: Any) -> dict[str, Any]:
        """Takes texts out of the examples and settles the others; :class:`reknit.NotFoundError` when none of them
        is there."""
        return self._change("forget", given_texts(texts, "text").texts)

    def settle(self) -> dict[str, Any]:
        """Solves everything anew, exactly as if all examples had been there from the beginning."""
        return self._change("settle", True)

    @property
    def labels(self) -> list[str]:
        """The labels it can give, sorted."""
        labels: list[str] = self._ask("labels", True)["labels"]
        return labels

    def examples(self) -> list[tuple[str, str]]:
        """The text and the label of each example."""
        return [(example["text"], example["label"]) for example in self._ask("examples", True)["examples"]]

    def classify(self, texts: Any, *, text: str = "text") -> Any:
        """Labels texts; see :meth:`Classifier.classify`."""
        given = given_texts(texts, text)
        found: list[dict[str, Any]] = self._ask("classify", given.texts)["results"]
        if given.rows.frame is not None:
            return given.rows.back_rows(found, _LABELS)
        for one in found:
            one["probabilities"] = dict(one["probabilities"])
        return found[0] if given.one else found

    def explain(self, text: str) -> Explanation:
        """Why ``text`` gets its label; see :meth:`Classifier.explain`."""
        return Explanation(self._ask("explain", sound(text)))

    def counterfactual(self, text: str) -> dict[str, Any]:
        """What ``text`` would be labelled without its words; see :meth:`Classifier.counterfactual`."""
        return self._ask("counterfactual", sound(text))

    def top_features(self, label: str, texts: Any, *, count: int = 20, text: str = "text") -> TopFeatures:
        """Which words speak for ``label`` in ``texts``; see :meth:`Classifier.top_features`."""
        given = given_texts(texts, text)
        question = {"label": label, "texts": given.texts, "count": count}
        return TopFeatures(self._ask("top_features", question), given.rows)

    def suggest(self, texts: Any, *, count: int = 10, text: str = "text") -> list[int]:
        """The places of the texts whose labels would teach most; see :meth:`Classifier.suggest`."""
        found: list[int] = self._ask("suggest", {"texts": given_texts(texts, text).texts, "count": count})["indexes"]
        return found

    def classifier(self) -> Classifier:
        """The classifier as it is now, which later changes do not touch."""
        return Classifier(self._engine.classifier())

    def to_bytes(self) -> bytes:
        """All of it as bytes, the same for all languages; they hold the texts."""
        return self._engine.to_bytes()

    @classmethod
    def from_bytes(cls, snapshot: bytes) -> LiveClassifier:
        """Reads what :meth:`to_bytes` gave; :class:`reknit.ModelError` when it is damaged or of another version."""
        live = cls.__new__(cls)
        live._hold(_native.LiveClassifier.from_bytes(snapshot))
        return live

    def save(self, path: str | PathLike[str]) -> None:
        """Writes all of it to a file."""
        Path(path).write_bytes(self.to_bytes())

    @classmethod
    def load(cls, path: str | PathLike[str]) -> LiveClassifier:
        """Reads it from a file, see :meth:`from_bytes`."""
        return cls.from_bytes(Path(path).read_bytes())

    def __reduce__(self) -> tuple[Any, ...]:
        return LiveClassifier.from_bytes, (self.to_bytes(),)

    def __repr__(self) -> str:
        examples, labels = self._engine.counts()
        return f"<reknit.LiveClassifier of {examples} examples, {labels} labels>"


def learning(
    config: Config | None, metric: str | None, class_weights: str | Mapping[str, float] | None
) -> dict[str, Any]:
    """A config with what was given beside it."""
    settings = dict(config or {})
    if metric is not None:
        settings["metric"] = metric
    if class_weights is not None:
        settings["class_weights"] = class_weights if isinstance(class_weights, str) else dict(class_weights)
    return settings


def examples_of(texts: Any, labels: Any) -> list[dict[str, str]]:
    """Examples as the library takes them."""
    if isinstance(texts, str):
        raise TypeError("`texts` must be a list or series of texts, not one text")
    said, named = given_texts(texts, "text").texts, labels_of(labels, "labels")
    if len(said) != len(named):
        raise InputError(f"`texts` has {len(said)} texts and {len(named)} labels; give one label a text")
    return [{"label": label, "text": text} for label, text in zip(named, said, strict=True)]
