"""Entities that follow their records."""

from __future__ import annotations

import pickle
import threading
from pathlib import Path
from typing import Any

import pandas as pd
import polars as pl
import pyarrow as pa
import pytest

import reknit

Rows = list[dict[str, Any]]


@pytest.fixture
def live(contacts: Rows) -> reknit.LiveResolver:
    return reknit.LiveResolver(contacts)


def groups(live: reknit.LiveResolver) -> set[frozenset[tuple[str, str]]]:
    found: dict[int, set[tuple[str, str]]] = {}
    found_rows = live.entities()
    for row in found_rows if isinstance(found_rows, list) else found_rows.to_pylist():
        found.setdefault(row["entity"], set()).add((row["source"], row["id"]))
    return {frozenset(keys) for keys in found.values()}


def test_it_starts_where_a_batch_ends(live: reknit.LiveResolver, contacts: Rows) -> None:
    batch: dict[str, set[tuple[str, str]]] = {}
    for row in reknit.resolve(contacts):
        batch.setdefault(row["entity_id"], set()).add((row["source"], row["id"]))
    assert groups(live) == {frozenset(keys) for keys in batch.values()}
    assert (len(live), live.entity_count) == (12, 6)
    assert repr(live) == "<reknit.LiveResolver of 12 records, 6 entities>"


@pytest.mark.parametrize("make", [pd.DataFrame, pl.DataFrame, pl.LazyFrame, pa.Table.from_pylist])
def test_frames_go_in_and_come_out(contacts: Rows, make: Any, live: reknit.LiveResolver) -> None:
    framed = reknit.LiveResolver(make(contacts))
    assert framed.to_bytes() == live.to_bytes()
    found = framed.entities()
    assert type(found) is type(reknit.resolve(make(contacts)))
    assert len(found) == 12
    why = framed.explain(("crm", "c1"), ("shop", "s2"))
    assert len(why.waterfall()) == len(why["evidence"]["contributions"]) + 2
    assert type(why.waterfall()) is type(why.table()) is type(framed.how(1).table()) is type(found)


def test_a_stream_with_another_to_learn_from(contacts: Rows) -> None:
    table = pa.Table.from_pylist(contacts)
    empty = reknit.LiveResolver(table.slice(0, 0), learn_from=table)
    assert len(empty) == 0
    also = reknit.LiveResolver(learn_from=contacts)
    for row in contacts:
        assert empty.upsert(row) == also.upsert(row)
    assert groups(empty) == groups(also) == groups(reknit.LiveResolver(contacts))


def test_records_come_change_and_go(live: reknit.LiveResolver, contacts: Rows) -> None:
    before = live.to_bytes()
    new = contacts[0] | {"source": "news", "id": 7, "phone": None}
    assert live.upsert(new) == {
        "entity": 1,
        "events": [{"event": "joined", "entity": 1, "record": {"source": "news", "id": "7"}}],
    }
    assert live.upsert(new) == {"entity": 1, "events": []}
    assert ("news", "7") in live and ("news", "8") not in live
    assert live.members(1) == [("crm", "c1"), ("news", "7"), ("shop", "s1")]
    record = live.record(("news", "7"))
    assert record is not None and record["last_name"] == ["Petrova"] and "phone" not in record
    live.delete(("news", "7"))
    assert live.record(("news", "7")) is None and live.entity_of(("news", "7")) is None
    assert live.to_bytes() == before
    with pytest.raises(reknit.NotFoundError, match="news:7"):
        live.delete(("news", "7"))
    with pytest.raises(reknit.InputError, match="`id`"):
        live.upsert({"source": "news", "name": "Ana"})
    with pytest.raises(TypeError):
        live.upsert("Ana")  # type: ignore[arg-type]
    assert live.to_bytes() == before


def test_people_decide_and_take_it_back(live: reknit.LiveResolver) -> None:
    a, b = ("crm", "c1"), ("shop", "s1")
    parted = live.cannot_link(a, b)
    assert parted["events"] == [{"event": "split", "from": 1, "into": 7, "records": [{"source": "shop", "id": "s1"}]}]
    with pytest.raises(reknit.ContradictionError):
        live.must_link(a, b)
    why = live.explain(a, b)
    assert why["why_not"]["obstacles"] == ["cannot_link"]
    live.undo_link(a, b)
    assert live.members(7) == live.members(1) == [a, b]
    with pytest.raises(reknit.NotFoundError):
        live.undo_link(a, b)
    assert live.must_link(a, ("crm", "c2"))["entity"] == 1
    how = live.how(a)
    assert how["must_link"] == [[{"source": "crm", "id": "c1"}, {"source": "crm", "id": "c2"}]]
    assert len(how["steps"]) == 3


def test_questions_change_nothing(live: reknit.LiveResolver) -> None:
    before = live.to_bytes()
    assert live.how(1) == live.how(("shop", "s1"))
    assert live.how(1).table()[0]["joined_a"] == 1
    assert live.what_if(("crm", "c1"))["after"] == [{"records": [{"source": "shop", "id": "s1"}]}]
    for ask in (lambda: live.how(99), lambda: live.how("c1"), lambda: live.what_if("c1"), lambda: live.explain("c1", "c2")):
        with pytest.raises(reknit.NotFoundError):
            ask()
    with pytest.raises(reknit.InputError):
        live.explain(("crm", "c1"), ("crm", "c1"))
    assert live.members(99) == []
    assert live.to_bytes() == before


def test_it_travels_and_goes_on(live: reknit.LiveResolver, contacts: Rows, tmp_path: Path) -> None:
    live.cannot_link(("crm", "c1"), ("shop", "s1"))
    live.undo_link(("crm", "c1"), ("shop", "s1"))
    live.cannot_link(("crm", "c2"), ("shop", "s2"))
    live.save(tmp_path / "live")
    for again in (
        reknit.LiveResolver.load(tmp_path / "live"),
        reknit.LiveResolver.from_bytes(live.to_bytes()),
        pickle.loads(pickle.dumps(live)),
    ):
        assert again.to_bytes() == live.to_bytes()
        assert again.members(7) == again.members(1)
        assert again.upsert(contacts[1] | {"source": "news"}) == {
            "entity": 1,
            "events": [{"event": "joined", "entity": 1, "record": {"source": "news", "id": "s1"}}],
        }
        assert again.entity_of(("crm", "c2")) != again.entity_of(("shop", "s2"))


def test_damaged_ones_are_refused(live: reknit.LiveResolver) -> None:
    saved = live.to_bytes()
    for damaged in (b"", b"x", saved[:-1], saved[: len(saved) // 2], saved + b"x", saved[::-1], b"\xff", b"{}", b'{"format": 9}'):
        with pytest.raises(reknit.ModelError):
            reknit.LiveResolver.from_bytes(damaged)


def test_columns_by_other_names() -> None:
    rows = [{"no": 1, "system": "crm", "name": "Ana Petrova", "email": "ana@x.io"}]
    live = reknit.LiveResolver(rows, id="no", source="system")
    live.upsert({"no": 2, "system": "crm", "name": "Ana Petrova", "email": "ANA@x.io"})
    assert live.members(1) == [("crm", "1"), ("crm", "2")]
    again = pickle.loads(pickle.dumps(live))
    again.upsert({"no": 3, "name": "Ana Petrova", "email": "ANA@x.io"})
    assert again.members(1) == [("contacts", "3"), ("crm", "1"), ("crm", "2")]
    assert again.entity_of("3") == 1


def test_many_threads_at_once(contacts: Rows) -> None:
    live = reknit.LiveResolver(contacts)
    raised: list[BaseException] = []

    def work(number: int) -> None:
        try:
            for turn in range(20):
                live.upsert(contacts[turn % 12] | {"source": f"t{number}"})
                live.explain(("crm", "c1"), ("shop", "s1"))
                live.delete((f"t{number}", contacts[turn % 12]["id"]))
        except BaseException as error:
            raised.append(error)

    threads = [threading.Thread(target=work, args=(number,)) for number in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert not raised
    assert groups(live) == groups(reknit.LiveResolver(contacts))


def test_a_bad_start_is_refused(contacts: Rows) -> None:
    with pytest.raises(reknit.InputError, match="stands twice"):
        reknit.LiveResolver([contacts[0], contacts[0]])
    for data in (contacts, pd.DataFrame(contacts)):
        with pytest.raises(reknit.ReknitError, match="treshold"):
            reknit.LiveResolver(data, config={"treshold": 1})
        with pytest.raises(reknit.CancelledError):
            reknit.LiveResolver(data, progress=lambda stage, done, total: False)
    with pytest.raises(TypeError):
        reknit.LiveResolver(7)
