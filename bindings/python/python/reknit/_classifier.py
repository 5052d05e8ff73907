"""A trained classifier."""

from __future__ import annotations

import json
from os import PathLike
from pathlib import Path
from typing import Any, overload

from . import _native
from ._evidence import Explanation, TopFeatures
from ._frames import given_texts, sound, to_json
from ._progress import Progress, watched


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
