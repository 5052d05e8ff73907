"""Several readings of each text at once."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from typing import Any

import arro3.core

from . import _native
from ._classifier import Classifier
from ._frames import given_texts
from ._multi import MultiClassifier
from ._progress import Progress, watched


class Annotator:
    """Readers of texts that are asked together, in one pass: built-in models and classifiers of your own.

    ``models`` are some of ``sentiment``, ``emotion``, ``intent``, ``urgency``, ``spam`` and ``language`` (all of them
    where neither they nor ``classifiers`` are given); ``classifiers`` has a :class:`Classifier` or a
    :class:`MultiClassifier` a name.

    >>> import reknit
    >>> readers = reknit.Annotator(["urgency", "language"])
    >>> found = readers.annotate("I smell gas in the kitchen, please come NOW")
    >>> found["urgency"]["level"], found["language"]["language"]
    ('high', 'en')

    Immutable: any number of threads may use one at once.
    """

    __slots__ = ("_readers",)
    _readers: _native.Annotator

    def __init__(
        self,
        models: str | Iterable[str] | None = None,
        classifiers: Mapping[str, Classifier | MultiClassifier] | None = None,
    ) -> None:
        if isinstance(models, str):
            models = [models]
        if models is None:
            models = () if classifiers else _native.MODELS
        one, several = [], []
        for name, classifier in (classifiers or {}).items():
            if isinstance(classifier, Classifier):
                one.append((name, classifier._model))
            elif isinstance(classifier, MultiClassifier):
                several.append((name, classifier._model))
            else:
                raise TypeError(
                    f"`classifiers` must hold a Classifier or MultiClassifier a name, not {type(classifier).__name__}"
                )
        self._readers = _native.Annotator(list(models), one, several)

    @property
    def names(self) -> list[str]:
        """The names of the readers, sorted: the keys of every answer."""
        return self._readers.names

    def annotate(self, texts: Any, *, text: str = "text", progress: Progress = None) -> Any:
        """Reads texts in every way.

        ``texts`` is one text, a list of them, a series, or a frame whose column ``text`` holds them. One text gives a
        dict that has for each reader what it says when it is asked alone; a list gives a list of these; a series or a
        frame gives a frame of its kind, row by row, with two columns a reader: ``NAME``, the label, and
        ``NAME_probability``. Of a :class:`MultiClassifier` the label is those that hold, sorted and joined by ``", "``;
        where there is none it is ``none`` and 0. A missing text is read as an empty one.
        """
        given = given_texts(texts, text)
        with watched(progress) as watch:
            if given.rows.frame is not None:
                return given.rows.back(self._readers.annotate_table(given.texts, watch))
            found: list[dict[str, Any]] = json.loads(self._readers.annotate(given.texts, watch))["results"]
        for reading in (reading for one in found for reading in one.values() if "probabilities" in reading):
            reading["probabilities"] = dict(reading["probabilities"])
        return found[0] if given.one else found

    def stream(self, batches: Any, *, text: str = "text") -> arro3.core.RecordBatchReader:
        """The same for a stream of Arrow batches that may be longer than memory: a reader that gives a batch of labels
        for each batch it takes, when it is asked for it.

        ``batches`` is anything with ``__arrow_c_stream__``, such as a ``pyarrow.RecordBatchReader``. What goes wrong on
        the way is an error of the Arrow library that reads it.
        """
        reader: arro3.core.RecordBatchReader = self._readers.annotate_stream(batches, text)
        return reader

    def __repr__(self) -> str:
        return f"<reknit.Annotator of {', '.join(self.names)}>"


def annotate(
    texts: Any,
    models: str | Iterable[str] | None = None,
    classifiers: Mapping[str, Classifier | MultiClassifier] | None = None,
    *,
    text: str = "text",
    progress: Progress = None,
) -> Any:
    """Reads texts in several ways at once; see :class:`Annotator`, which is worth keeping for more than one call.

    >>> found = annotate("I was charged twice, this is outrageous!", ["sentiment", "intent"])
    >>> found["sentiment"]["label"], found["intent"]["main"]
    ('negative', 'complaint')
    """
    return Annotator(models, classifiers).annotate(texts, text=text, progress=progress)
