"""How, what if, and evidence as a table, a waterfall and a notebook cell."""

from __future__ import annotations

import json
import pickle
from typing import Any

import pandas as pd
import pytest

import reknit

Rows = list[dict[str, Any]]


def test_the_verbs_ask_the_same(contacts: Rows) -> None:
    how = reknit.how(contacts, ("shop", "s1"))
    assert how == reknit.how(pd.DataFrame(contacts), entity_id="crm:c1")
    assert how["entity_id"] == "crm:c1" and [step["joined"] for step in how["steps"]] == [[1, 1]]
    told = reknit.what_if(contacts, ("crm", "c1"))
    assert [one["entity_id"] for one in told["before"] + told["after"]] == ["crm:c1", "shop:s1"]
    answers = reknit.live(contacts, [{"delete": {"source": "crm", "id": "x"}}, {"how": 1}], learn_from=contacts)
    assert answers[0]["error"]["name"] == "not_found"
    assert how["steps"] == answers[1]["steps"]
    with pytest.raises(reknit.InputError):
        reknit.how(contacts)


def test_evidence_is_a_table_a_waterfall_and_a_cell(contacts: Rows) -> None:
    frame = pd.DataFrame(contacts)
    why = reknit.explain(frame, ("crm", "c1"), ("crm", "c2"))
    bars = why.waterfall()
    assert isinstance(bars, pd.DataFrame)
    assert list(bars["label"])[0] == "prior" and list(bars["label"])[-1] == "total"
    assert list(bars["end"])[-2] == pytest.approx(why["evidence"]["total"]) == list(bars["end"])[-1]
    assert list(bars["start"])[1:-1] == list(bars["end"])[:-2]
    assert list(why.table().columns) == ["name", "level", "weight"]
    cell = why._repr_html_()
    assert "crm:c1 and crm:c2: two entities" in cell and "below threshold" in cell and "<table>" in cell
    assert json.loads(json.dumps(why)) == why == pickle.loads(pickle.dumps(why))
    steps = reknit.how(frame, ("crm", "c1"))
    assert list(steps.waterfall()["step"]) == [1] * len(steps.waterfall())
    assert "1 + 1" in steps._repr_html_()
    nasty = reknit.explain([{"id": "<b>", "name": "x"}, {"id": "2", "name": "y"}], "<b>", "2")
    assert "<b>:" not in nasty._repr_html_() and "&lt;b&gt;" in nasty._repr_html_()
    label = reknit.train(["refund me", "log in"], ["a", "b"]).explain("refund")
    assert label.waterfall()[-1]["bits"] == pytest.approx(label["evidence"]["total"])
    assert "rather than" in label._repr_html_()
    with pytest.raises(reknit.InputError, match="total"):
        reknit.waterfall({"prior": 1, "contributions": [], "total": 2})


def test_a_message_shows_its_evidence_too(messages: Rows) -> None:
    for row in reknit.stitch(messages):
        assert row["evidence"].waterfall()[-1]["end"] == pytest.approx(row["evidence"]["total"])
