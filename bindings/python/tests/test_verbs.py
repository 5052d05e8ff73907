"""The verbs that give more than a frame, and the examples in the documentation."""

from __future__ import annotations

import doctest
from typing import Any

import pandas as pd
import polars as pl
import pyarrow as pa
import pytest

import reknit
from reknit import _evidence, _live, _native

Rows = list[dict[str, Any]]


def test_the_examples_in_the_documentation_run() -> None:
    for module in (reknit, _evidence, _live):
        outcome = doctest.testmod(module)
        assert outcome.attempted >= 2
        assert outcome.failed == 0


def test_every_verb_has_a_function_with_a_documentation() -> None:
    for verb in _native.VERBS:
        assert verb in reknit.__all__
        assert getattr(reknit, verb).__doc__
    for name in reknit.__all__:
        assert hasattr(reknit, name)


@pytest.mark.parametrize("make", [list, pd.DataFrame, pl.DataFrame, pa.Table.from_pylist])
def test_a_pair_is_explained(make: Any, contacts: Rows) -> None:
    why = reknit.explain(make(contacts), ("crm", "c1"), {"source": "shop", "id": "s1"})
    assert why["same_entity"] is True
    assert why["probability"] > 0.5
    evidence = why["evidence"]
    total = evidence["prior"] + sum(one["weight"] for one in evidence["contributions"])
    assert total == pytest.approx(evidence["total"], abs=1e-9)
    with pytest.raises(reknit.NotFoundError):
        reknit.explain(make(contacts), ("crm", "c1"), "nobody")


@pytest.mark.parametrize("make", [list, pd.DataFrame, pl.DataFrame, pl.LazyFrame, pa.Table.from_pylist])
def test_golden_records_are_made(make: Any, contacts: Rows) -> None:
    frame = make(contacts)
    made = reknit.golden(frame, reknit.resolve(frame))
    assert made.answer == reknit.golden(contacts, reknit.resolve(contacts)).answer
    assert repr(made) == "<reknit.Golden: 6 records>"
    if not isinstance(frame, (list, pl.LazyFrame)):
        assert type(made.records) is type(made.provenance) is type(frame)
    records = made.records if isinstance(made.records, list) else rows_of(made.records)
    ana = next(row for row in records if row["given_name"] == "Ana")
    assert (ana["surname"], ana["city"], ana["entity_id"]) == ("Petrova", "Ulm", "crm:c1")
    assert ana["email"] in ("ana.petrova@x.example", ["ana.petrova@x.example"])
    why = made.provenance if isinstance(made.provenance, list) else rows_of(made.provenance)
    given = [row for row in why if row["entity_id"] == "crm:c1" and row["field"] == "given_name"]
    assert [(row["value"], row["survived"], row["agreed"]) for row in given] == [("Ana", True, 2), ("A.", False, 1)]
    assert given[0]["records"] in ("crm:c1", ["crm:c1"])


@pytest.mark.parametrize("make", [list, pd.DataFrame, pl.DataFrame, pa.Table.from_pylist])
def test_what_was_learnt_is_a_table(make: Any, contacts: Rows) -> None:
    table = reknit.model_table(make(contacts))
    rows = table if isinstance(table, list) else rows_of(table)
    assert [set(row) for row in rows[:1]] == [{"comparison", "level", "m", "u", "weight", "seen"}]
    assert rows == reknit.model_table(contacts)


@pytest.mark.parametrize("make", [list, pd.DataFrame, pl.DataFrame, pa.Table.from_pylist])
def test_a_review_filled_in_is_a_list_of_labels(make: Any, contacts: Rows) -> None:
    frame = make(contacts)
    asked = reknit.review(frame, 1)
    rows = [dict(row) for row in (asked if isinstance(asked, list) else rows_of(asked))]
    assert len(rows) == 1
    people = reknit.resolve(frame)
    unanswered = reknit.resolve(frame, labels=asked)
    if isinstance(frame, list):
        assert unanswered == people
    rows[0]["match"] = True
    assert len(reknit.resolve(frame, labels=make(rows))) == len(people)
    assert not [row for row in reknit.review(contacts, 9, labels=rows) if row["a_id"] == rows[0]["a_id"]
                and row["b_id"] == rows[0]["b_id"]]
    with pytest.raises(reknit.ContradictionError):
        reknit.resolve(contacts, labels=[*rows, rows[0] | {"match": False}])


def test_golden_records_follow_the_config(contacts: Rows) -> None:
    frame = pd.DataFrame(contacts).rename(columns={"id": "no", "city": "favourite"})
    people = reknit.resolve(frame, id="no")
    config = {"sources": ["shop"], "fields": {"favourite": "other"}, "policies": {"email": ["source_rank"]}}
    made = reknit.golden(frame, people, id="no", config=config)
    assert made.answer[0]["fields"]["email"] == made.records["email"][0] == "ana.petrova@x.example"
    assert made.records["favourite"][0] == "Ulm"
    assert made.records["surname"][0] == "Petrova"
    with pytest.raises(reknit.ConfigError, match="frist"):
        reknit.golden(frame, people, id="no", config={"policies": {"frist": ["longest"]}})
    with pytest.raises(reknit.InputError, match="entity_id"):
        reknit.golden(frame, people[["source", "id"]], id="no")
    with pytest.raises(reknit.InputError, match="whose record"):
        reknit.golden(frame, people[1:], id="no")


@pytest.mark.parametrize("make", [list, pd.DataFrame, pl.DataFrame, pa.Table.from_pylist])
def test_the_main_job_joins_everything(make: Any, contacts: Rows, messages: Rows) -> None:
    outcome = reknit.run(make(contacts), make(messages))
    assert outcome.answer == reknit.run(contacts, messages).answer
    assert repr(outcome).startswith("<reknit.Outcome: ")
    placed = outcome.messages if isinstance(outcome.messages, list) else rows_of(outcome.messages)
    assert [row["id"] for row in placed] == ["m1", "m2", "m3"]
    assert placed[0]["conversation_id"] == placed[1]["conversation_id"] != placed[2]["conversation_id"]
    records = outcome.records if isinstance(outcome.records, list) else rows_of(outcome.records)
    assert len(records) == len(contacts)
    ana = {row["entity_id"] for row in records if row["id"] in ("c1", "s1")}
    assert ana == {placed[0]["entity_id"]}
    assert placed[0]["label"] == "negative"
    assert placed[2]["label"] == "positive"
    people = outcome.people if isinstance(outcome.people, list) else rows_of(outcome.people)
    assert {row["entity_id"] for row in records} <= {row["entity_id"] for row in people}
    conversations = outcome.conversations if isinstance(outcome.conversations, list) else rows_of(outcome.conversations)
    assert {row["id"] for row in conversations} == {"m1", "m3"}


def rows_of(frame: Any) -> Rows:
    return frame.to_dict("records") if isinstance(frame, pd.DataFrame) else pa.table(frame).to_pylist()


def test_the_main_job_takes_a_frame_beside_rows(contacts: Rows, messages: Rows) -> None:
    outcome = reknit.run(pl.DataFrame(contacts), messages, config={"sentiment": False})
    assert isinstance(outcome.people, pl.DataFrame)
    assert outcome.people.schema["records"] == pl.Int64
    assert isinstance(outcome.messages, list)
    assert outcome.messages[0]["label"] is None


def test_values_are_normalized() -> None:
    assert reknit.normalize("email", " Ana@X.example ")["normal"] == "ana@x.example"
    assert reknit.normalize("phone", "0151 23456789", region="DE")["normal"] == "+4915123456789"
    assert reknit.normalize("email", "no address") is None
    with pytest.raises(reknit.NotFoundError):
        reknit.normalize("shoe", "42")


def test_groups_and_labels_are_scored() -> None:
    scores = reknit.evaluate("stitch", truth=pd.Series([1, 1, 2]), pred=["a", "b", "b"])
    assert scores["pairwise"]["f1"] == 0.0
    assert scores["items"] == 3
    labels = reknit.evaluate("classify", truth=["a", "b"], pred=pl.Series(["a", "a"]))
    assert labels["accuracy"] == 0.5
    with pytest.raises(reknit.InputError, match="2"):
        reknit.evaluate("resolve", truth=["a", "b"], pred=["a"])
    with pytest.raises(reknit.InputError, match="no label at place 2"):
        reknit.evaluate("resolve", truth=["a", None], pred=["a", "b"])
