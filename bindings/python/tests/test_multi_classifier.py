"""Several labels a text: training, labelling, explaining, saving."""

from __future__ import annotations

import pickle
from pathlib import Path
from typing import Any

import pandas as pd
import polars as pl
import pyarrow as pa
import pytest

import reknit

TEXTS = [
    "money back please",
    "refund my order",
    "I want a refund",
    "where is my parcel",
    "the parcel is late",
    "two weeks late",
    "late parcel, money back",
    "refund the late parcel",
    "no parcel, refund",
    "good morning",
    "thank you so much",
    "what a nice shop",
]
LABELS = [["refund"]] * 3 + [["late"]] * 3 + [["late", "refund"]] * 3 + [[]] * 3
NEW = ["refund the late parcel please", "good morning, nice shop"]


@pytest.fixture(scope="module")
def classifier() -> reknit.MultiClassifier:
    return reknit.train_multi(TEXTS, LABELS)


def test_labels_are_learnt(classifier: reknit.MultiClassifier) -> None:
    assert classifier.labels == ["late", "refund"]
    assert repr(classifier) == "<reknit.MultiClassifier of 2 labels>"
    found = classifier.classify(NEW)
    holding = [{label["label"] for label in one["labels"] if label["holds"]} for one in found]
    assert holding == [{"late", "refund"}, set()]
    for label in found[0]["labels"]:
        assert label["holds"] == (label["probability"] >= classifier.threshold(label["label"]))
    assert classifier.classify(NEW[0]) == found[0]
    assert reknit.classify_multi(NEW, classifier) == found


@pytest.mark.parametrize(
    "make",
    [
        lambda texts: pd.DataFrame({"text": texts}, index=["a", "b"]),
        lambda texts: pd.Series(texts, index=["a", "b"]),
        lambda texts: pl.DataFrame({"text": texts}),
        lambda texts: pl.Series(texts),
        lambda texts: pa.table({"text": texts}),
    ],
)
def test_a_frame_gives_a_frame(classifier: reknit.MultiClassifier, make: Any) -> None:
    given = make(NEW)
    found = classifier.classify(given)
    names = found.column_names if isinstance(found, pa.Table) else list(found.columns)
    assert names == ["labels", "probability_late", "probability_refund"]
    labels = found["labels"].to_pylist() if isinstance(found, pa.Table) else list(found["labels"])
    assert set(labels[0].split(", ")) == {"late", "refund"} and labels[1] == ""
    if isinstance(given, (pd.DataFrame, pd.Series)):
        assert list(found.index) == ["a", "b"]


def test_a_label_is_explained(classifier: reknit.MultiClassifier) -> None:
    why = classifier.explain("the parcel is late", "late")
    assert why["holds"] and why["probability"] >= why["threshold"]
    total = why["evidence"]["prior"] + sum(part["weight"] for part in why["evidence"]["contributions"])
    assert total == pytest.approx(why["evidence"]["total"], abs=1e-9)
    assert b"the parcel is late"[why["spans"][1]["start"] : why["spans"][1]["end"]] == b"parcel"
    assert reknit.explain_multi("the parcel is late", "late", classifier) == why
    assert reknit.explain_multi(["the parcel is late"], "late", classifier) == [why]
    with pytest.raises(reknit.NotFoundError):
        classifier.explain("x", "never")


def test_a_label_is_asked_about_without_words(classifier: reknit.MultiClassifier) -> None:
    text = "the parcel is late"
    asked = classifier.counterfactual(text, "late")
    assert asked["holds"] and asked["label"] == "late"
    first = asked["words"][0]
    left = text.encode()
    for span in first["spans"]:
        left = left[: span["start"]] + b" " + left[span["end"] :]
    without = classifier.explain(left.decode(), "late")
    assert (without["holds"], without["probability"]) == (first["holds"], first["probability"])
    assert reknit.counterfactual_multi(text, "late", classifier) == asked
    assert reknit.counterfactual_multi([text, ""], "late", classifier)[0] == asked
    with pytest.raises(reknit.NotFoundError):
        classifier.counterfactual(text, "never")


def test_features_of_a_label_add_up(classifier: reknit.MultiClassifier) -> None:
    texts = ["the parcel is late", "late again"]
    found = classifier.top_features("late", texts)
    by_name = {feature["name"]: feature for feature in found["speak_for"]}
    assert by_name["late"]["texts"] == 2 and by_name["parcel"]["texts"] == 1
    assert len(classifier.top_features("late", texts, count=1)["speak_for"]) == 1
    total = found["evidence"]["prior"] + sum(part["weight"] for part in found["evidence"]["contributions"])
    assert total == pytest.approx(found["evidence"]["total"], abs=1e-9)
    assert reknit.top_features_multi("late", texts, classifier) == found
    with pytest.raises(reknit.NotFoundError):
        classifier.top_features("never", ["late"])


def test_a_model_travels(classifier: reknit.MultiClassifier, tmp_path: Path) -> None:
    classifier.save(tmp_path / "model")
    for again in (reknit.MultiClassifier.load(tmp_path / "model"), pickle.loads(pickle.dumps(classifier))):
        assert again.to_bytes() == classifier.to_bytes()
        assert again.classify(NEW) == classifier.classify(NEW)
    single = reknit.train(["apple", "banana"], ["a", "b"])
    with pytest.raises(reknit.ModelError, match="one label"):
        reknit.MultiClassifier.from_bytes(single.to_bytes())
    with pytest.raises(reknit.ModelError, match="several labels"):
        reknit.Classifier.from_bytes(classifier.to_bytes())


def test_settings_and_a_development_set_are_heard(classifier: reknit.MultiClassifier) -> None:
    dev = (["late late", "hello"], [["late"], []])
    told: list[str] = []
    other = reknit.train_multi(
        pd.Series(TEXTS), LABELS, metric="micro_f1", dev=dev, progress=lambda stage, *_: told.append(stage)
    )
    assert told and other.threshold("late") == other.threshold("refund")
    with pytest.raises(reknit.ConfigError):
        reknit.train_multi(TEXTS, LABELS, metric="f1:never")


def test_what_is_no_list_of_labels_is_refused() -> None:
    with pytest.raises(reknit.InputError, match="no list of labels at place 1"):
        reknit.train_multi(["x"], ["late"])
    with pytest.raises(reknit.InputError, match="1 texts and 2 labels"):
        reknit.train_multi(["x"], [["a"], []])
    with pytest.raises(reknit.InputError):
        reknit.train_multi(["x"], [[""]])
    with pytest.raises(TypeError):
        reknit.train_multi(["x"], "late")


def test_sets_of_labels_are_judged() -> None:
    found = reknit.evaluate("classify_multi", truth=[["a", "b"], []], pred=[["a"], []])
    assert (found["accuracy"], found["macro_f1"]) == (0.5, 0.5)
    assert found["micro_f1"] == pytest.approx(2 / 3)
