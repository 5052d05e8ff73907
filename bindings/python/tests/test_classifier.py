"""Training, labelling, explaining, saving."""

from __future__ import annotations

import pickle
from pathlib import Path
from typing import Any

import pandas as pd
import polars as pl
import pyarrow as pa
import pytest

import reknit

EXAMPLES = [
    ("refund", "I want my money back"),
    ("refund", "please refund the order"),
    ("refund", "refund my payment, the item is broken"),
    ("refund", "when do I get my money back for the broken item"),
    ("login", "cannot log in to my account"),
    ("login", "the login page rejects my password"),
    ("login", "my account password does not work"),
    ("login", "reset my password please, I cannot log in"),
]
LABELS = [label for label, _ in EXAMPLES]
TEXTS = [text for _, text in EXAMPLES]
NEW = ["refund my money", "the password is wrong"]


@pytest.fixture(scope="module")
def classifier() -> reknit.Classifier:
    return reknit.train(TEXTS, LABELS)


def test_labels_are_learnt(classifier: reknit.Classifier) -> None:
    assert classifier.labels == ["login", "refund"]
    assert repr(classifier) == "<reknit.Classifier of 2 labels>"
    found = classifier.classify(NEW)
    assert [one["label"] for one in found] == ["refund", "login"]
    for one in found:
        assert one["probability"] == one["probabilities"][one["label"]]
        assert sum(one["probabilities"].values()) == pytest.approx(1.0)
    assert classifier.classify(NEW[0]) == found[0]
    assert reknit.classify(NEW, classifier) == found


@pytest.mark.parametrize(
    "make",
    [
        lambda texts: pd.DataFrame({"text": texts}, index=["a", "b"]),
        lambda texts: pd.Series(texts, index=["a", "b"]),
        lambda texts: pl.DataFrame({"text": texts}),
        lambda texts: pl.LazyFrame({"text": texts}),
        lambda texts: pl.Series(texts),
        lambda texts: pa.table({"text": texts}),
    ],
)
def test_a_frame_gives_a_frame(classifier: reknit.Classifier, make: Any) -> None:
    given = make(NEW)
    found = classifier.classify(given)
    assert list(found["label"]) in (["refund", "login"], pa.chunked_array([["refund", "login"]]).to_pylist()) or [
        label.as_py() for label in found["label"]
    ] == ["refund", "login"]
    if isinstance(given, (pd.DataFrame, pd.Series)):
        assert list(found.index) == ["a", "b"]
    readings = reknit.classify(given)
    assert len(readings) == 2
    assert type(readings) is type(found)


def test_a_frame_without_the_column_is_refused(classifier: reknit.Classifier) -> None:
    frame = pd.DataFrame({"body": NEW})
    with pytest.raises(reknit.InputError, match="no column `text`"):
        classifier.classify(frame)
    assert len(classifier.classify(frame, text="body")) == 2


def test_missing_text_is_empty_text(classifier: reknit.Classifier) -> None:
    found = classifier.classify(["", None, float("nan"), pd.NA, "half a pair: \ud83d"])
    assert found[0] == found[1] == found[2] == found[3]
    with pytest.raises(TypeError, match="text 2"):
        classifier.classify(["a", 7])


def test_an_explanation_adds_up(classifier: reknit.Classifier) -> None:
    text = "\N{GRINNING FACE} refund my money"
    why = classifier.explain(text)
    evidence = why["evidence"]
    total = evidence["prior"] + sum(one["weight"] for one in evidence["contributions"])
    assert why["label"] == "refund"
    assert total == pytest.approx(evidence["total"], abs=1e-9)
    assert why["spans"]
    for span in why["spans"]:
        assert 0 <= span["start"] <= span["end"] <= len(text.encode())


def test_a_counterfactual_is_what_comes_without_the_word(classifier: reknit.Classifier) -> None:
    text = "reset the login, please"
    asked = classifier.counterfactual(text)
    as_it_is = classifier.classify(text)
    assert (asked["label"], asked["probability"]) == (as_it_is["label"], as_it_is["probability"])
    for word in asked["words"]:
        without = text.encode()
        for span in reversed(word["spans"]):
            without = without[: span["start"]] + b" " + without[span["end"] :]
        found = classifier.classify(without.decode())
        assert (word["label"], word["probability"]) == (found["label"], found["probabilities"][asked["label"]])
    assert reknit.counterfactual(text, classifier) == asked
    assert reknit.counterfactual([text, ""], classifier)[0] == asked


def test_top_features_are_named_and_add_up(classifier: reknit.Classifier) -> None:
    logins = TEXTS[4:]
    found = classifier.top_features("login", pd.Series(logins), count=5)
    assert {one["name"]: one["texts"] for one in found["speak_for"]}["password"] == 3
    evidence = found["evidence"]
    total = evidence["prior"] + sum(one["weight"] for one in evidence["contributions"])
    assert total == pytest.approx(evidence["total"], abs=1e-9)
    assert isinstance(found.table(), pd.DataFrame) and "login in 4 texts" in found._repr_html_()
    assert reknit.top_features("login", logins, classifier, count=5) == found
    with pytest.raises(reknit.NotFoundError):
        classifier.top_features("parcel", logins)


def test_a_model_travels(classifier: reknit.Classifier, tmp_path: Path) -> None:
    expected = classifier.classify(NEW)
    classifier.save(tmp_path / "model")
    for again in (
        reknit.Classifier.load(tmp_path / "model"),
        reknit.Classifier.from_bytes(classifier.to_bytes()),
        pickle.loads(pickle.dumps(classifier)),
    ):
        assert again.classify(NEW) == expected
        assert again.to_bytes() == classifier.to_bytes()


def test_damaged_models_are_refused(classifier: reknit.Classifier) -> None:
    model = classifier.to_bytes()
    for damaged in (b"", b"x", model[:-1], model[: len(model) // 2], model + b"x", model[::-1]):
        with pytest.raises(reknit.ModelError):
            reknit.Classifier.from_bytes(damaged)


def test_training_is_checked() -> None:
    with pytest.raises(reknit.InputError, match="8 texts and 7 labels"):
        reknit.train(TEXTS, LABELS[1:])
    with pytest.raises(reknit.InputError):
        reknit.train(TEXTS, ["one"] * len(TEXTS))
    with pytest.raises(reknit.ConfigError):
        reknit.train(TEXTS, LABELS, metric="beauty")
    with pytest.raises(reknit.InputError, match="no label at place 1"):
        reknit.train(TEXTS, [None, *LABELS[1:]])
    with pytest.raises(TypeError):
        reknit.train("one text", LABELS)
    with pytest.raises(TypeError):
        reknit.Classifier(None)  # type: ignore[arg-type]


def test_class_weights_are_learnt_with_and_checked() -> None:
    texts, labels = [*TEXTS, *TEXTS[:4]], [*LABELS, *["login"] * 4]
    plain = reknit.train(texts, labels)
    for weights in ("balanced", {"refund": 25.0}):
        weighted = reknit.train(texts, labels, class_weights=weights)
        assert weighted.to_bytes() == reknit.train(texts, labels, config={"class_weights": weights}).to_bytes()
        assert weighted.to_bytes() != plain.to_bytes()
    for wrong in ({"refund": 0}, {"refund": -1.0}, {"parcel": 2.0}, "even"):
        with pytest.raises(reknit.ConfigError):
            reknit.train(texts, labels, class_weights=wrong)


def test_training_takes_series_a_metric_and_a_second_set() -> None:
    found = reknit.train(
        pd.Series(TEXTS), pd.Series(LABELS, dtype="category"), metric="macro_f1", dev=(pl.Series(NEW), ["refund", "login"])
    )
    assert [one["label"] for one in found.classify(NEW)] == ["refund", "login"]


def test_what_training_progress_raises_comes_out() -> None:
    def boom(stage: str, done: int, total: int) -> None:
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        reknit.train(TEXTS, LABELS, progress=boom)


def test_sentiment_needs_no_training() -> None:
    good, bad = reknit.classify(["Thank you, great service!", "Terrible. I hate it."])
    assert (good["label"], bad["label"]) == ("positive", "negative")
    assert good["score"] > 0 > bad["score"]
    assert reknit.classify("Thank you, great service!") == good
    with pytest.raises(reknit.NotFoundError, match="tone"):
        reknit.classify(["x"], "tone")
