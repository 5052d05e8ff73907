"""A classifier that follows its examples."""

from __future__ import annotations

import pickle
import threading
from pathlib import Path

import pandas as pd
import polars as pl
import pytest

import reknit

KNOWN = {
    "refund": ["I want my money back", "please refund the order", "refund my payment"],
    "login": ["cannot log in to my account", "the login page rejects my password", "my password does not work"],
    "thanks": ["thank you so much", "thanks, all good", "great, thank you"],
}
TEXTS = [text for texts in KNOWN.values() for text in texts]
LABELS = [label for label, texts in KNOWN.items() for _ in texts]
PARCELS = ["where is my parcel", "the courier never came"]


@pytest.fixture
def live() -> reknit.LiveClassifier:
    return reknit.LiveClassifier(TEXTS, LABELS)


def test_it_starts_where_training_ends(live: reknit.LiveClassifier) -> None:
    trained = reknit.train(TEXTS, LABELS)
    assert live.classifier().to_bytes() == trained.to_bytes()
    assert live.labels == ["login", "refund", "thanks"] and len(live) == 9
    assert live.classify(TEXTS) == trained.classify(TEXTS)
    assert live.explain(TEXTS[0]) == trained.explain(TEXTS[0])
    assert live.counterfactual(TEXTS[0]) == trained.counterfactual(TEXTS[0])
    assert live.top_features("login", TEXTS) == trained.top_features("login", TEXTS)
    assert live.suggest(PARCELS, count=1) == trained.suggest(PARCELS, count=1)
    assert trained.live(TEXTS, LABELS).to_bytes() == live.to_bytes()
    assert repr(live) == "<reknit.LiveClassifier of 9 examples, 3 labels>"


def test_examples_come_are_corrected_and_go(live: reknit.LiveClassifier) -> None:
    assert live.add(PARCELS, ["parcel", "parcel"]) == {"examples": 11, "labels": 4, "settled": False}
    assert live.classify("no parcel, no courier")["label"] == "parcel"
    assert live.add([PARCELS[0]], ["parcel"])["examples"] == 11
    assert live.add([PARCELS[0]], ["refund"]) == {"examples": 11, "labels": 4, "settled": True}
    assert (PARCELS[0], "refund") in live.examples()
    assert live.forget(PARCELS) == {"examples": 9, "labels": 3, "settled": True}
    with pytest.raises(reknit.NotFoundError):
        live.forget(PARCELS)
    assert live.to_bytes() == reknit.LiveClassifier(TEXTS, LABELS).to_bytes()


def test_settled_is_as_if_all_had_been_there(live: reknit.LiveClassifier) -> None:
    whole = live.classifier().live(TEXTS + PARCELS, [*LABELS, "parcel", "parcel"])
    live.add(pd.Series(PARCELS[:1]), pd.Series(["parcel"]))
    live.add(pl.Series(PARCELS[1:]), ["parcel"])
    assert live.settle()["settled"]
    assert live.classifier().to_bytes() == whole.classifier().to_bytes()


def test_frames_go_in_and_come_out(live: reknit.LiveClassifier) -> None:
    found = live.classify(pd.DataFrame({"text": TEXTS[:2]}, index=["a", "b"]))
    assert list(found.index) == ["a", "b"] and list(found["label"]) == ["refund", "refund"]
    assert isinstance(live.classify(pl.Series(TEXTS[:2])), pl.DataFrame)


def test_wrong_examples_are_refused(live: reknit.LiveClassifier) -> None:
    before = live.to_bytes()
    with pytest.raises(reknit.InputError, match="2 texts and 1 labels"):
        live.add(PARCELS, ["parcel"])
    with pytest.raises(reknit.InputError, match="no label at place 2"):
        live.add(PARCELS, ["parcel", None])
    with pytest.raises(TypeError, match="not one text"):
        live.add("one text", ["parcel"])
    with pytest.raises(reknit.InputError):
        reknit.LiveClassifier(TEXTS[:3], LABELS[:3])
    with pytest.raises(reknit.CancelledError):
        reknit.LiveClassifier(TEXTS, LABELS, progress=lambda stage, done, total: False)
    with pytest.raises(reknit.InputError):
        live.forget(TEXTS[:6])
    assert live.to_bytes() == before


def test_it_travels_and_goes_on(live: reknit.LiveClassifier, tmp_path: Path) -> None:
    live.add(PARCELS[:1], ["parcel"])
    live.save(tmp_path / "live")
    others = [
        reknit.LiveClassifier.load(tmp_path / "live"),
        reknit.LiveClassifier.from_bytes(live.to_bytes()),
        pickle.loads(pickle.dumps(live)),
    ]
    live.add(PARCELS[1:], ["parcel"])
    for other in others:
        assert other.add(PARCELS[1:], ["parcel"])["settled"] is False
        assert other.to_bytes() == live.to_bytes()
    saved = live.to_bytes()
    for damaged in (b"", b"x", saved[:-1], saved[: len(saved) // 2], saved + b"x", saved[::-1]):
        with pytest.raises(reknit.ModelError):
            reknit.LiveClassifier.from_bytes(damaged)


def test_all_in_one_call() -> None:
    added = {"add": [{"label": "parcel", "text": text} for text in PARCELS]}
    answers = reknit.classify_live(TEXTS, LABELS, [added, {"labels": True}, {"forget": ["nothing"]}, {"settle": True}])
    assert answers[0] == {"examples": 11, "labels": 4, "settled": False}
    assert answers[1] == {"labels": ["login", "parcel", "refund", "thanks"]}
    assert answers[2]["error"]["name"] == "not_found"
    assert answers[3] == {"examples": 11, "labels": 4, "settled": True}


def test_many_threads_use_one(live: reknit.LiveClassifier) -> None:
    failures: list[BaseException] = []

    def use(number: int) -> None:
        try:
            for at in range(5):
                live.add([f"parcel {number} {at}"], ["parcel"])
                live.classify(TEXTS[0])
        except BaseException as error:
            failures.append(error)

    threads = [threading.Thread(target=use, args=(number,)) for number in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert not failures and len(live) == 29
