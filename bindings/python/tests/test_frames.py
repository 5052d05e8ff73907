"""Every kind of frame in, the same kind out, with the same answer."""

from __future__ import annotations

import copy
import datetime as dt
from collections.abc import Callable
from decimal import Decimal
from typing import Any

import duckdb
import pandas as pd
import polars as pl
import pyarrow as pa
import pytest

import reknit

Rows = list[dict[str, Any]]


def rows_of(frame: Any) -> Rows:
    """What a result says, whatever carries it."""
    if isinstance(frame, list):
        told = {"evidence", "suggested", "runner_up"}
        return [{name: value for name, value in row.items() if name not in told} for row in frame]
    if isinstance(frame, pd.DataFrame):
        frame = pa.Table.from_pandas(frame, preserve_index=False)
    if isinstance(frame, pl.DataFrame):
        return frame.to_dicts()
    return pa.table(frame).to_pylist()


KINDS: dict[str, tuple[Callable[[Rows], Any], type]] = {
    "pandas": (pd.DataFrame, pd.DataFrame),
    "pandas with pyarrow types": (
        lambda rows: pa.Table.from_pylist(rows).to_pandas(types_mapper=pd.ArrowDtype),
        pd.DataFrame,
    ),
    "pandas with categories": (lambda rows: pd.DataFrame(rows).astype("category"), pd.DataFrame),
    "polars": (pl.DataFrame, pl.DataFrame),
    "polars lazy": (pl.LazyFrame, pl.DataFrame),
    "pyarrow": (pa.Table.from_pylist, pa.Table),
}


@pytest.mark.parametrize("kind", KINDS)
def test_people_are_the_same_from_every_frame(kind: str, contacts: Rows) -> None:
    make, result = KINDS[kind]
    people = reknit.resolve(make(contacts))
    assert type(people) is result
    assert rows_of(people) == rows_of(reknit.resolve(contacts))


@pytest.mark.parametrize("kind", KINDS)
def test_conversations_are_the_same_from_every_frame(kind: str, messages: Rows) -> None:
    make, result = KINDS[kind]
    conversations = reknit.stitch(make(messages))
    assert type(conversations) is result
    assert rows_of(conversations) == rows_of(reknit.stitch(messages))


def test_a_duckdb_relation_gives_a_table_that_duckdb_reads(contacts: Rows) -> None:
    frame = pd.DataFrame(contacts)
    people = reknit.resolve(duckdb.sql("select * from frame"))
    assert rows_of(people) == rows_of(reknit.resolve(contacts))
    count = duckdb.sql("select count(distinct entity_id) from people").fetchall()
    assert count == [(len({row["entity_id"] for row in rows_of(people)}),)]


def test_a_reader_and_a_batch_are_read_as_streams(messages: Rows) -> None:
    table = pa.Table.from_pylist(messages)
    expected = rows_of(reknit.stitch(messages))
    assert rows_of(reknit.stitch(table.to_reader())) == expected
    assert rows_of(reknit.stitch(table.to_batches()[0])) == expected


def test_the_answer_finds_the_people(contacts: Rows) -> None:
    entities = [row["entity_id"] for row in reknit.resolve(contacts)]
    assert entities[0::2] == entities[1::2]
    assert len(set(entities)) == len(contacts) / 2


def test_nothing_given_is_changed(contacts: Rows, messages: Rows) -> None:
    frame = pd.DataFrame(contacts).set_index("id")
    before, rows_before = frame.copy(deep=True), copy.deepcopy((contacts, messages))
    reknit.resolve(frame, source="source")
    reknit.run(frame, messages)
    reknit.resolve(contacts)
    pd.testing.assert_frame_equal(frame, before)
    assert (contacts, messages) == rows_before


def test_a_pandas_index_is_kept_and_not_read(contacts: Rows) -> None:
    plain = pd.DataFrame(contacts)
    odd = plain.set_index(pd.Index(["x"] * len(plain)))
    people = reknit.resolve(odd)
    assert list(people.index) == ["x"] * len(plain)
    assert rows_of(people) == rows_of(reknit.resolve(plain))


def test_an_index_called_id_is_the_key(contacts: Rows) -> None:
    frame = pd.DataFrame(contacts)
    by_id = reknit.resolve(frame.set_index("id"))
    assert list(by_id["id"]) == list(frame["id"]) == list(by_id.index)
    by_both = reknit.resolve(frame.set_index(["source", "id"]))
    assert rows_of(by_both) == rows_of(reknit.resolve(frame))


@pytest.mark.parametrize("make", [pd.DataFrame, pl.DataFrame, pa.Table.from_pylist, list])
def test_key_columns_have_any_name(make: Callable[[Rows], Any], contacts: Rows) -> None:
    renamed = [
        {"customer_no": row["id"], "system": row["source"]}
        | {name: value for name, value in row.items() if name not in ("id", "source")}
        for row in contacts
    ]
    people = rows_of(reknit.resolve(make(renamed), id="customer_no", source="system"))
    assert people == rows_of(reknit.resolve(contacts))
    with pytest.raises(reknit.InputError, match="no column `number`"):
        reknit.resolve(make(renamed), id="number")


@pytest.mark.parametrize("make", [pd.DataFrame, pl.DataFrame, pa.Table.from_pylist, list])
def test_records_without_keys_are_numbered(make: Callable[[Rows], Any], contacts: Rows) -> None:
    keyless = [{k: v for k, v in row.items() if k not in ("source", "id")} for row in contacts]
    people = rows_of(reknit.resolve(make(keyless), default_source="list"))
    assert [(row["source"], row["id"]) for row in people] == [
        ("list", str(number)) for number in range(1, len(contacts) + 1)
    ]


def test_a_pandas_column_of_mixed_types_is_read(contacts: Rows) -> None:
    frame = pd.DataFrame(contacts).astype(object)
    frame["postcode"] = [89073, "SE-222 22", None, float("nan"), pd.NA, pd.NaT] * 2
    people = reknit.resolve(frame)
    assert type(people) is pd.DataFrame
    assert list(people["entity_id"])[0::2] == list(people["entity_id"])[1::2]


def test_identifiers_with_a_scope_are_read_from_a_frame(contacts: Rows) -> None:
    scoped = [
        row | {"identifiers": [{"kind": "platform_id", "value": f"U{i // 2}", "scope": "acme"}]}
        for i, row in enumerate(contacts)
    ]
    people = reknit.resolve(pl.DataFrame(scoped))
    assert isinstance(people, pl.DataFrame)
    assert rows_of(people) == rows_of(reknit.resolve(scoped))


def test_times_and_lists_are_read_from_every_frame(messages: Rows) -> None:
    timed = [row | {"sent": dt.datetime.fromisoformat(row["sent"]), "to": [row["to"]]} for row in messages]
    expected = rows_of(reknit.stitch(messages))
    for make in (pd.DataFrame, pl.DataFrame, pa.Table.from_pylist, list):
        assert rows_of(reknit.stitch(make(timed))) == expected, make


def test_values_are_read_alike_in_rows_and_in_frames() -> None:
    values: dict[str, list[Any]] = {
        "a date": [dt.date(1985, 3, 4)] * 2,
        "a time at midnight": [dt.datetime(1985, 3, 4)] * 2,
        "a float that is whole": [94103.0, None],
        "a number": [7, None],
        "a truth": [True, False],
        "a decimal": [Decimal("1.50")] * 2,
        "text": ["Łódź", "\N{GRINNING FACE}"],
    }
    from reknit import _native
    from reknit._frames import to_json, with_keys

    for name, (one, two) in values.items():
        rows = [{"city": one}, {"city": two}]
        framed = _native.contacts_json(pa.Table.from_pylist(rows), "{}", "s")
        again = pa.Table.from_pylist([{"city": str_of(row)} for row in with_keys(rows, "s")])
        assert _native.contacts_json(again, "{}", "s") == framed, (name, to_json(rows))


def str_of(row: dict[str, Any]) -> str | None:
    from reknit._frames import plain

    value = plain(row["city"])
    return value if value is None else str(value).lower() if isinstance(value, bool) else str(value)


def test_an_empty_frame_gives_an_empty_frame() -> None:
    empty = pl.DataFrame(schema={"id": pl.String, "text": pl.String})
    conversations = reknit.stitch(empty)
    assert conversations.shape == (0, 5)
    assert reknit.stitch([]) == []
    assert list(reknit.stitch(pd.DataFrame({"id": [], "text": []})).columns) == conversations.columns


def test_text_that_is_no_unicode_is_read(messages: Rows) -> None:
    broken = [row | {"text": "half a pair: \ud83d"} for row in messages]
    assert len(reknit.stitch(broken)) == len(messages)


@pytest.mark.parametrize("bad", [7, "records", {"id": "1"}, [1, 2], object(), b"x"])
def test_what_is_no_frame_is_refused(bad: Any) -> None:
    with pytest.raises(TypeError, match="`records`"):
        reknit.resolve(bad)
