"""Several readings of each text: one text, lists, frames, streams."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from typing import Any

import pandas as pd
import polars as pl
import pyarrow as pa
import pytest

import reknit

TEXTS = ["I was charged twice, this is outrageous!", "thank you so much"]
LABELS = ["refund", "refund", "login", "login"]
EXAMPLES = ["I want my money back", "please refund the order", "cannot log in", "the login page fails"]


@pytest.fixture(scope="module")
def readers() -> reknit.Annotator:
    queue = reknit.train(EXAMPLES, LABELS)
    tags = reknit.train_multi(EXAMPLES, [[label] for label in LABELS])
    return reknit.Annotator(["sentiment", "language"], {"queue": queue, "tags": tags})


def test_each_reader_says_what_it_says_alone(readers: reknit.Annotator) -> None:
    assert readers.names == ["language", "queue", "sentiment", "tags"]
    assert repr(readers) == "<reknit.Annotator of language, queue, sentiment, tags>"
    found = readers.annotate(TEXTS)
    assert [one["sentiment"] for one in found] == reknit.classify(TEXTS, "sentiment")
    assert readers.annotate(TEXTS[0]) == found[0]
    assert set(found[0]["queue"]["probabilities"]) == {"login", "refund"}
    assert {label["label"] for label in found[0]["tags"]["labels"]} == {"login", "refund"}
    assert readers.annotate([]) == []


def test_all_models_are_asked_where_none_is_named() -> None:
    assert set(reknit.annotate("hello")) == {"sentiment", "emotion", "intent", "urgency", "spam", "language"}
    assert set(reknit.annotate("hello", "spam")) == {"spam"}
    queue = reknit.train(EXAMPLES, LABELS)
    assert set(reknit.annotate("hello", classifiers={"queue": queue})) == {"queue"}


@pytest.mark.parametrize(
    "make",
    [
        lambda texts: pd.DataFrame({"text": texts}, index=["a", "b", "c"]),
        lambda texts: pd.Series(texts, index=["a", "b", "c"]),
        lambda texts: pl.DataFrame({"text": texts}),
        lambda texts: pl.Series(texts),
        lambda texts: pa.table({"text": texts}),
    ],
)
def test_frames_come_back_row_by_row(readers: reknit.Annotator, make: Any) -> None:
    given = make([*TEXTS, None])
    found = readers.annotate(given)
    columns = [f"{name}{end}" for name in readers.names for end in ("", "_probability")]
    if isinstance(found, pa.Table):
        assert found.column_names == columns
        assert found["sentiment"].to_pylist() == ["negative", "positive", "neutral"]
        return
    assert list(found.columns) == columns
    assert list(found["sentiment"]) == ["negative", "positive", "neutral"]
    if hasattr(given, "index"):
        assert list(found.index) == list(given.index)


def test_a_stream_is_read_as_it_is_asked_for(readers: reknit.Annotator) -> None:
    made: list[int] = []

    def batches() -> Iterator[pa.RecordBatch]:
        for number in range(3):
            made.append(number)
            yield pa.record_batch({"said": TEXTS})

    given = pa.RecordBatchReader.from_batches(pa.schema([("said", pa.string())]), batches())
    found = readers.stream(given, text="said")
    assert made == []
    first = pa.record_batch(next(found))
    assert len(made) < 3
    assert first.column("sentiment").to_pylist() == ["negative", "positive"]
    assert [batch.num_rows for batch in found] == [2, 2]


def test_what_cannot_be_read_is_named(readers: reknit.Annotator) -> None:
    with pytest.raises(reknit.NotFoundError, match="telepathy"):
        reknit.Annotator(["telepathy"])
    queue = reknit.train(EXAMPLES, LABELS)
    with pytest.raises(reknit.InputError, match="spam"):
        reknit.Annotator(["spam"], {"spam": queue})
    with pytest.raises(reknit.InputError, match="_probability"):
        reknit.Annotator(["spam"], {"spam_probability": queue})
    with pytest.raises(TypeError, match="Classifier"):
        reknit.Annotator([], {"queue": "tickets.model"})  # type: ignore[dict-item]
    with pytest.raises(reknit.InputError, match="said"):
        readers.stream(pa.table({"text": TEXTS}), text="said")


def test_others_get_on_while_a_stream_is_read(readers: reknit.Annotator) -> None:
    def batches() -> Iterator[pa.RecordBatch]:
        for _ in range(2):
            yield pa.record_batch({"text": TEXTS * 2000})

    found = readers.stream(pa.RecordBatchReader.from_batches(pa.schema([("text", pa.string())]), batches()))
    turns = 0
    done = threading.Event()

    def other() -> None:
        nonlocal turns
        while not done.is_set():
            turns += 1

    thread = threading.Thread(target=other)
    thread.start()
    table = pa.RecordBatchReader.from_stream(found).read_all()
    done.set()
    thread.join()
    assert table.num_rows == 8000 and turns > 0


def test_a_stream_that_fails_is_an_error(readers: reknit.Annotator) -> None:
    def batches() -> Iterator[pa.RecordBatch]:
        yield pa.record_batch({"text": TEXTS})
        raise OSError("the disk is gone")

    found = readers.stream(pa.RecordBatchReader.from_batches(pa.schema([("text", pa.string())]), batches()))
    assert pa.record_batch(next(found)).num_rows == 2
    with pytest.raises(Exception, match="batch 2"):
        next(found)


def test_segments_are_of_kinds_and_parted_by_matter() -> None:
    texts = ["my parcel is late", "parcel not delivered", "charged twice", "charged two times", "thank you"]
    kinds = pd.Series(["bad", "bad", "bad", "bad", "good"])
    found = reknit.segments(texts, traits={"type": kinds}, smallest=2)
    places = [one["segment"] for one in found["assignments"]]
    assert places[0] == places[1] != places[2] == places[3] and places[4] == 2
    assert found["segments"][2]["traits"] == {"type": "good"}
    moods = reknit.segments(pd.DataFrame({"text": texts}), "sentiment")
    assert {"sentiment"} == {name for one in moods["segments"] for name in one["traits"]}
    with pytest.raises(reknit.InputError, match="type"):
        reknit.segments(texts, traits={"type": ["bad"]})


def test_reading_can_be_stopped(readers: reknit.Annotator) -> None:
    with pytest.raises(reknit.CancelledError):
        readers.annotate(TEXTS, progress=lambda stage, done, total: False)
