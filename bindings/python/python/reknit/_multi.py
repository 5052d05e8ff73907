"""Trained classifiers that give a text several labels, or none."""

from __future__ import annotations

import json
from os import PathLike
from pathlib import Path
from typing import Any, overload

import narwhals.stable.v2 as _nw

from . import _native
from ._evidence import Explanation, TopFeatures
from ._frames import given_texts, sound, to_json
from ._progress import Progress, watched

_SEPARATOR = ", "
_PROBABILITY = "probability_"


class MultiClassifier:
    """A trained classifier of several labels a text, made by :func:`reknit.train_multi` or :meth:`load`.

    Immutable: any number of threads may use one at once, and it can be pickled.

    >>> import reknit
    >>> model = reknit.train_multi(
    ...     ["money back please", "refund my order", "where is my parcel", "the parcel is late",
    ...      "late parcel, money back", "refund the late parcel", "good morning", "thank you so much"],
    ...     [["refund"], ["refund"], ["late"], ["late"], ["late", "refund"], ["late", "refund"], [], []])
    >>> model.labels
    ['late', 'refund']
    >>> [label["label"] for label in model.classify("the parcel is late")["labels"]]
    ['late', 'refund']
    """

    __slots__ = ("_model",)
    _model: _native.MultiClassifier

    def __init__(self, native: _native.MultiClassifier) -> None:
        if not isinstance(native, _native.MultiClassifier):
            raise TypeError("a MultiClassifier is made by reknit.train_multi() or MultiClassifier.load()")
        self._model = native

    @property
    def labels(self) -> list[str]:
        """The labels it can give, sorted."""
        return self._model.labels

    def threshold(self, label: str) -> float:
        """The least probability at which ``label`` holds, 0 to 1."""
        return self._model.threshold(sound(label))

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

        ``texts`` is one text, a list of them, a series, or a frame whose column ``text`` holds them. One text gives a
        dict whose ``labels`` are all of them, most probable first: ``label``, ``probability`` (of this label alone,
        so they need not add up to 1) and whether it ``holds``; a list gives a list of these; a series or a frame gives
        a frame of its kind, row by row: ``labels``, those that hold joined by ``", "``, and for each label
        ``probability_LABEL``.
        """
        given = given_texts(texts, text)
        with watched(progress) as watch:
            found: list[dict[str, Any]] = json.loads(self._model.classify(given.texts, watch))
        if given.rows.frame is not None:
            numbers = {_PROBABILITY + label: _nw.Float64() for label in self.labels}
            return given.rows.back_rows([_row(one) for one in found], {"labels": _nw.String(), **numbers})
        return found[0] if given.one else found

    def explain(self, text: str, label: str) -> Explanation:
        """Why ``text`` carries ``label``, or not; :class:`reknit.NotFoundError` for an unknown label.

        The dict holds ``label``, ``probability``, the ``threshold`` from which on it holds, whether it ``holds``,
        ``evidence`` (prior, contributions and total in bits) and ``spans`` (what each word adds, with its first byte
        and the byte after its last in ``text.encode()``).
        """
        return Explanation(self._ask("explain", {"text": sound(text), "label": sound(label)}))

    def counterfactual(self, text: str, label: str) -> dict[str, Any]:
        """Whether ``text`` would carry ``label`` without each of its words: of the 64 that weigh most.

        The dict holds ``label``, whether it ``holds`` and its ``probability`` for the text as it is; ``words``, first
        those without which it holds no more, or holds at last, then by how far the odds move: ``name``, ``spans``
        (``start`` and ``end`` in ``text.encode()``), whether it ``holds`` without the word, the ``probability`` then,
        and the word's ``weight`` in bits; and ``turn``, a few ``words`` that turn the label together, with the
        ``probability`` then, or ``None``. A word is taken out by putting a space wherever it stands.
        """
        return self._ask("counterfactual", {"text": sound(text), "label": sound(label)})

    def top_features(self, label: str, texts: Any, *, count: int = 20, text: str = "text") -> TopFeatures:
        """Which words speak for ``label`` in ``texts``, and which against it; see :meth:`Classifier.top_features`.

        The odds are those of the label against its absence.
        """
        given = given_texts(texts, text)
        question = {"label": sound(label), "texts": given.texts, "count": count}
        return TopFeatures(self._ask("top_features", question), given.rows)

    def _ask(self, what: str, question: dict[str, Any]) -> dict[str, Any]:
        answer: dict[str, Any] = json.loads(self._model.ask(to_json({what: question})))
        return answer

    def to_bytes(self) -> bytes:
        """The model as bytes, the same for all languages."""
        return self._model.to_bytes()

    @classmethod
    def from_bytes(cls, model: bytes) -> MultiClassifier:
        """Reads a model; :class:`reknit.ModelError` when it is damaged, too new, or of one label a text."""
        return cls(_native.MultiClassifier.from_bytes(model))

    def save(self, path: str | PathLike[str]) -> None:
        """Writes the model to a file."""
        Path(path).write_bytes(self.to_bytes())

    @classmethod
    def load(cls, path: str | PathLike[str]) -> MultiClassifier:
        """Reads a model from a file."""
        return cls.from_bytes(Path(path).read_bytes())

    def __reduce__(self) -> tuple[Any, ...]:
        return MultiClassifier.from_bytes, (self.to_bytes(),)

    def __repr__(self) -> str:
        return f"<reknit.MultiClassifier of {len(self.labels)} labels>"


def _row(found: dict[str, Any]) -> dict[str, Any]:
    holding = [label["label"] for label in found["labels"] if label["holds"]]
    numbers = {_PROBABILITY + label["label"]: label["probability"] for label in found["labels"]}
    return {"labels": _SEPARATOR.join(holding), **numbers}
