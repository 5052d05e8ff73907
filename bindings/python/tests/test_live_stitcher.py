"""Conversations that follow their messages."""

from __future__ import annotations

import pickle
import threading
from datetime import datetime
from pathlib import Path
from typing import Any

import narwhals.stable.v2 as nw
import pandas as pd
import polars as pl
import pyarrow as pa
import pytest

import reknit

Rows = list[dict[str, Any]]


@pytest.fixture
def live(messages: Rows) -> reknit.LiveStitcher:
    return reknit.LiveStitcher(messages)


def test_it_starts_where_a_batch_ends(live: reknit.LiveStitcher, messages: Rows) -> None:
    batch: dict[str, list[str]] = {}
    for row in reknit.stitch(messages):
        batch.setdefault(row["conversation_id"], []).append(row["id"])
    assert [one["messages"] for one in live.conversations()] == list(batch.values()) == [["m1", "m2"], ["m3"]]
    assert (len(live), live.conversation_count) == (3, 2)
    assert repr(live) == "<reknit.LiveStitcher of 3 messages, 2 conversations>"


@pytest.mark.parametrize("make", [pd.DataFrame, pl.DataFrame, pl.LazyFrame, pa.Table.from_pylist])
def test_frames_go_in_and_come_out(messages: Rows, make: Any) -> None:
    framed = reknit.LiveStitcher(make(messages))
    found = framed.conversations()
    assert type(found) is type(reknit.stitch(make(messages)))
    columns = nw.from_native(found)
    assert columns["conversation"].to_list() == [1, 2] and columns["messages"].to_list() == [2, 1]
    why = framed.explain("m2")
    assert len(why.waterfall()) == len(why["evidence"]["contributions"]) + 2
    assert type(why.waterfall()) is type(why.table()) is type(found)


def test_messages_come_change_and_go(live: reknit.LiveStitcher, messages: Rows) -> None:
    new = {"id": "m4", "sent": "2026-03-02T12:00:00Z", "from": "ana.petrova@x.example", "in_reply_to": ["m2"], "subject": None}
    joined = {"event": "joined", "conversation": 1, "message": "m4"}
    assert live.upsert(new) == {"conversation": 1, "events": [joined]}
    assert live.upsert(new) == {"conversation": 1, "events": []}
    assert "m4" in live and "m5" not in live
    assert live.members(1) == ["m1", "m2", "m4"]
    moved = live.upsert(new | {"in_reply_to": "m3"})
    assert moved["conversation"] == 2 and live.members(2) == ["m3", "m4"]
    assert live.delete("m4") == {
        "conversation": None,
        "events": [{"event": "left", "conversation": 2, "message": "m4"}],
    }
    assert live.conversation_of("m4") is None
    with pytest.raises(reknit.NotFoundError, match="m4"):
        live.delete("m4")
    with pytest.raises(reknit.InputError, match="`id`"):
        live.upsert({"text": "Hello"})
    with pytest.raises(TypeError):
        live.upsert("Hello")  # type: ignore[arg-type]
    assert len(live) == 3


def test_people_decide_and_take_it_back(live: reknit.LiveStitcher) -> None:
    parted = live.split("m2")
    assert parted["events"] == [{"event": "split", "from": 1, "into": 3, "messages": ["m2"]}]
    assert live.move_to("m2", 2)["conversation"] == 2
    assert (live.redirect(3), live.members(3)) == (2, ["m2", "m3"])
    with pytest.raises(reknit.ContradictionError):
        live.must_link("m3", "m1")
    live.undo_link("m2", "m3")
    live.undo_link("m1", "m2")
    assert live.members(1)[:2] == ["m1", "m2"]
    assert live.cannot_link("m1", "m2")["events"][0]["event"] == "split"
    assert live.undo_link("m1", "m2")["conversation"] == 1
    assert live.must_link("m1", "m3")["conversation"] == 1
    assert live.members(1) == ["m1", "m2", "m3"]


def test_questions_tell_why_and_change_nothing(live: reknit.LiveStitcher, messages: Rows) -> None:
    before = live.conversations()
    why = live.explain("m2")
    batch = reknit.explain_link(pd.DataFrame(messages), "m2")
    assert (why["conversation"], batch["conversation_id"]) == (1, "m1")
    same = ("id", "parent_id", "relation", "weight", "evidence", "suggested", "runner_up", "gap_ms", "model")
    assert [why[name] for name in same] == [batch[name] for name in same]
    assert (why["parent_id"], why["relation"]) == ("m1", "reply")
    total = why["evidence"]["prior"] + sum(one["weight"] for one in why["evidence"]["contributions"])
    assert total == pytest.approx(why["weight"], abs=1e-9)
    assert isinstance(batch.table(), pd.DataFrame)
    assert "m2 hangs on m1: reply" in why._repr_html_()
    assert "m1: opening" in live.explain("m1")._repr_html_()
    for ask in (lambda: live.explain("m9"), lambda: live.split("m9"), lambda: live.move_to("m1", 9)):
        with pytest.raises(reknit.NotFoundError):
            ask()
    with pytest.raises(reknit.NotFoundError):
        reknit.explain_link(messages, "m9")
    assert (live.members(9), live.redirect(9)) == ([], None)
    assert live.conversations() == before


def test_the_verb_does_all_in_one_call(messages: Rows) -> None:
    changes = [{"delete": "m9"}, {"delete": "m1"}, {"members": 1}]
    answers = reknit.stitch_live(pl.DataFrame(messages), changes)
    assert answers[0]["error"]["name"] == "not_found"
    assert answers[1]["conversation"] is None
    assert answers[2] == {"conversation": 1, "messages": ["m2"]}


def test_a_runner_up_is_told(messages: Rows) -> None:
    assert [row["runner_up"] for row in reknit.stitch(messages[:2])] == [None, None]
    chat = {"channel": "whatsapp", "from": "+49151", "direction": "in", "text": "A new lamp, please."}
    rows = [chat | {"id": "1", "sent": "2026-03-02T09:00:00Z"}, chat | {"id": "2", "sent": "2026-06-02T09:00:00Z"}]
    placed = reknit.stitch(rows)[1]
    assert placed["relation"] == "opening" and placed["runner_up"]["id"] == "1"
    assert placed["runner_up"]["weight"] < 0


def test_many_threads_at_once(messages: Rows) -> None:
    live = reknit.LiveStitcher(messages)
    before = live.conversations()
    raised: list[BaseException] = []

    def work(number: int) -> None:
        try:
            for turn in range(20):
                id = f"t{number}"
                live.upsert({"id": id, "from": "bo@lindqvist.example", "in_reply_to": messages[turn % 3]["id"]})
                live.explain("m2")
                live.delete(id)
        except BaseException as error:
            raised.append(error)

    threads = [threading.Thread(target=work, args=(number,)) for number in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert not raised
    assert live.conversations() == before


def test_a_bad_start_is_refused(messages: Rows) -> None:
    for data in (messages, pd.DataFrame(messages)):
        with pytest.raises(reknit.ReknitError, match="treshold"):
            reknit.LiveStitcher(data, config={"treshold": 1})
        with pytest.raises(reknit.CancelledError):
            reknit.LiveStitcher(data, progress=lambda stage, done, total: False)
    with pytest.raises(TypeError):
        reknit.LiveStitcher(7)


def test_it_travels_and_goes_on(live: reknit.LiveStitcher, messages: Rows, tmp_path: Path) -> None:
    live.split("m2")
    live.undo_link("m1", "m2")
    live.cannot_link("m1", "m9")
    live.save(tmp_path / "live")
    for again in (
        reknit.LiveStitcher.load(tmp_path / "live"),
        reknit.LiveStitcher.from_bytes(live.to_bytes()),
        pickle.loads(pickle.dumps(live)),
    ):
        assert again.to_bytes() == live.to_bytes()
        assert again.conversations() == live.conversations()
        assert again.redirect(3) == live.redirect(3) == 1
        assert again.explain("m2") == live.explain("m2")
        assert again.upsert(messages[1]) == {"conversation": 1, "events": []}
        assert again.upsert({"id": "m9", "in_reply_to": "m1"})["conversation"] == 4


def test_damaged_ones_are_refused(live: reknit.LiveStitcher) -> None:
    saved = live.to_bytes()
    for damaged in (b"", b"x", saved[:-1], saved[: len(saved) // 2], saved + b"x", saved[::-1], b"{}"):
        with pytest.raises(reknit.ModelError):
            reknit.LiveStitcher.from_bytes(damaged)


def test_what_is_old_is_closed() -> None:
    live = reknit.LiveStitcher([
        {"id": "1", "sent": "2026-01-02T09:00:00Z", "channel": "email", "from": "ana@x.io", "subject": "Lamp"},
        {"id": "2", "sent": "2026-03-02T10:00:00Z", "channel": "email", "from": "bo@y.io", "subject": "Vase"},
    ])
    assert live.close_before("2026-01-01") == {"messages": 0, "conversations": []}
    assert live.close_before(datetime(2026, 2, 1)) == {"messages": 1, "conversations": [1]}
    assert "1" not in live and live.redirect(1) is None and live.members(2) == ["2"]
    late = {"id": "3", "sent": "2026-03-03T10:00:00Z", "channel": "email", "from": "ana@x.io", "in_reply_to": "1"}
    assert live.upsert(late)["conversation"] == 3
    with pytest.raises(reknit.InputError):
        live.close_before("soon")
    assert len(live) == 2


def test_a_question_is_answered_by_a_persons_word() -> None:
    mails = [
        {"id": "1", "sent": "2026-03-02T09:00:00Z", "channel": "email", "from": "ana@x.io", "subject": "hello"},
        {"id": "2", "sent": "2026-03-02T10:00:00Z", "channel": "email", "from": "bo@y.io", "subject": "Re: hello"},
    ]
    live = reknit.LiveStitcher(mails)
    [asked] = live.suggestions()
    assert (asked["id"], asked["candidate_id"]) == ("2", "1") and 0.2 <= asked["probability"] < 0.5
    assert asked["evidence"].table()[0]["name"] == "subject"
    assert live.explain("2")["suggested"] and not live.explain("1")["suggested"]
    assert [row["suggested"] for row in reknit.stitch(mails)] == [False, True]
    live.cannot_link("1", "2")
    assert live.suggestions() == []
