"""Whatever holds rows in Python, on its way in and back out.

A list of dicts crosses as JSON, everything else as an Arrow stream, and a result comes back as the
caller's kind of frame. Nothing here changes what it is given.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timezone
from decimal import Decimal
from typing import TYPE_CHECKING, Any
from uuid import UUID

import arro3.core
import narwhals.stable.v2 as nw

from ._errors import InputError

if TYPE_CHECKING:
    from ._native import _Arrow

Row = Mapping[str, Any]


@dataclass(frozen=True, repr=False)
class _Held:
    """An Arrow stream that was exported already; it can be read once."""

    capsule: object

    def __arrow_c_stream__(self, requested_schema: object | None = None) -> object:
        return self.capsule


@dataclass(frozen=True, repr=False)
class Given:
    """Rows of a caller: either ``stream`` or ``rows``, and the frame that results should be like."""

    stream: _Arrow | None
    rows: Sequence[Row] | None
    frame: nw.DataFrame[Any] | None

    def back(self, table: arro3.core.Table) -> Any:
        """A result as the caller's kind of frame, with the caller's index where there is one."""
        if self.frame is None:
            return table
        return _indexed(nw.from_arrow(table, backend=self.frame.implementation), self.frame)

    def back_rows(self, rows: list[dict[str, Any]], schema: Mapping[str, Any]) -> Any:
        """The same for a result in rows."""
        if self.frame is None:
            return rows
        return _indexed(_framed(rows, schema, self.frame), self.frame)

    def empty(self) -> Given:
        """The same kind without rows, for results that outlive what was given."""
        return Given(None, [], None if self.frame is None else self.frame.head(0))

    def flat(self, rows: list[dict[str, Any]], schema: Mapping[str, Any]) -> Any:
        """The same for a result with other rows than those given, its lists counted or joined."""
        if self.frame is None:
            return rows
        numbers = {name for name, kind in schema.items() if kind.is_integer()}

        def cell(name: str, value: Any) -> Any:
            if not isinstance(value, list):
                return value
            return len(value) if name in numbers else ", ".join(value)

        rows = [{name: cell(name, row[name]) for name in schema} for row in rows]
        return _framed(rows, schema, self.frame).to_native()


def _framed(rows: list[dict[str, Any]], schema: Mapping[str, Any], like: nw.DataFrame[Any]) -> nw.DataFrame[Any]:
    columns = {name: [row[name] for row in rows] for name in schema}
    return nw.from_dict(columns, schema, backend=like.implementation)


def _indexed(result: nw.DataFrame[Any], given: nw.DataFrame[Any]) -> Any:
    native = result.to_native()
    if given.implementation.is_pandas_like() and len(result) == len(given):
        native.index = given.to_native().index
    return native


def given(data: Any, what: str, names: Mapping[str, str] | None = None) -> Given:
    """Looks at what the caller handed over; ``names`` maps the caller's column names to ours."""
    names = {theirs: ours for theirs, ours in (names or {}).items() if theirs != ours}
    frame: Any = nw.from_native(data, pass_through=True)
    if isinstance(frame, nw.LazyFrame) and frame.implementation.is_polars():
        frame = frame.collect()
    if isinstance(frame, nw.DataFrame):
        return _given_frame(frame, what, names)
    if hasattr(data, "__arrow_c_stream__") or hasattr(data, "__arrow_c_array__"):
        return Given(_renamed_table(data, what, names) if names else data, None, None)
    if isinstance(data, Iterable) and not isinstance(data, (str, bytes, Mapping)) and not isinstance(frame, nw.LazyFrame):
        return Given(None, _given_rows(data, what, names), None)
    raise TypeError(
        f"`{what}` must be a pandas, polars or pyarrow frame, a DuckDB relation, any other object with "
        f"__arrow_c_stream__, or a list of dicts, not {type(data).__name__}"
    )


def _given_frame(frame: nw.DataFrame[Any], what: str, names: Mapping[str, str]) -> Given:
    source = frame
    if frame.implementation.is_pandas_like():
        source = _without_index(frame, {*names, *names.values(), "id", "source"})
    if names:
        _check_names(names, source.columns, what)
        source = source.drop([ours for ours in names.values() if ours in source.columns]).rename(dict(names))
    if "identifiers" in source.columns:
        # Identifiers with a scope are structures, which the columns of a table are not.
        return Given(None, source.rows(named=True), frame)
    try:
        return Given(_Held(source.__arrow_c_stream__()), None, frame)
    except (TypeError, ValueError, NotImplementedError, ImportError):
        # A pandas column of mixed types, or pandas without pyarrow: row by row it can be read.
        return Given(None, source.rows(named=True), frame)


def _without_index(frame: nw.DataFrame[Any], keys: set[str]) -> nw.DataFrame[Any]:
    """The frame without its index; index levels that are keys become columns."""
    native = frame.to_native()
    levels = [name for name in native.index.names if name in keys and name not in native.columns]
    if levels:
        native = native.reset_index(level=levels)
    return nw.from_native(native.reset_index(drop=True), eager_only=True)


def _check_names(names: Mapping[str, str], columns: Iterable[str], what: str) -> None:
    columns = list(columns)
    for theirs in names:
        if theirs not in columns:
            raise InputError(f"`{what}` has no column `{theirs}`")


def _renamed_table(data: Any, what: str, names: Mapping[str, str]) -> arro3.core.Table:
    table = arro3.core.Table.from_arrow(data)
    _check_names(names, table.column_names, what)
    table = table.drop_columns([ours for ours in names.values() if ours in table.column_names])
    return table.rename_columns([names.get(name, name) for name in table.column_names])


def _given_rows(data: Iterable[object], what: str, names: Mapping[str, str]) -> list[Row]:
    rows: list[Row] = []
    for number, row in enumerate(data, 1):
        if not isinstance(row, Mapping):
            raise TypeError(f"row {number} of `{what}` must be a dict, not {type(row).__name__}")
        if names:
            _check_names(names, row, f"{what}: row {number}")
            row = {names.get(k, k): v for k, v in row.items() if k not in names.values()}
        rows.append(row)
    return rows


def rows_of(found: Given) -> list[Row]:
    """The rows of whatever was given, one by one."""
    if found.stream is not None:
        table = arro3.core.Table.from_arrow(found.stream)
        columns = [table.column(name).to_pylist() for name in table.column_names]
        return [dict(zip(table.column_names, row, strict=True)) for row in zip(*columns, strict=True)]
    return list(found.rows or [])


def with_keys(rows: Iterable[Row], source: str) -> list[dict[str, Any]]:
    """Contact rows with a source and an id each: ``source`` and the number of the row, from 1."""
    keyed = []
    for number, row in enumerate(rows, 1):
        key: dict[str, Any] = {"source": source, "id": number}
        found = {name: value for name, value in row.items() if name != "source" or plain(value) is not None}
        keyed.append(key | found)
    return keyed


def to_json(value: object) -> str:
    """``value`` as JSON, with a missing value of any library as null."""
    text = json.dumps(plain(value), ensure_ascii=False, allow_nan=False, separators=(",", ":"))
    return sound(text)


def sound(text: str) -> str:
    """``text`` without lone surrogates, which no UTF-8 can hold."""
    return text if text.isascii() else text.encode("utf-8", "replace").decode("utf-8")


def plain(value: Any) -> Any:
    """A value of Python, numpy or pandas as what JSON knows; the same readings as over Arrow."""
    if value is None or type(value).__name__ == "NAType":
        return None
    if isinstance(value, (str, bool, int)):
        return value
    if isinstance(value, float):
        return _plain_float(value)
    if isinstance(value, Mapping):
        return {str(key): plain(item) for key, item in value.items()}
    if isinstance(value, (list, tuple)):
        return [plain(item) for item in value]
    if isinstance(value, date):
        return _plain_date(value)
    if isinstance(value, (Decimal, UUID)):
        return str(value)
    if hasattr(value, "tolist"):
        return plain(value.tolist())
    raise TypeError(f"a value of type {type(value).__name__} cannot be read as text, number, date or list")


def _plain_float(value: float) -> float | int | None:
    if value != value or value in (float("inf"), float("-inf")):
        return None
    return int(value) if value.is_integer() and abs(value) <= 2**53 else value


def _plain_date(value: date) -> str | None:
    if value != value:
        return None
    if not isinstance(value, datetime):
        return value.isoformat()
    value = value if value.tzinfo is None else value.astimezone(timezone.utc)
    if value.time() == time.min:
        return value.date().isoformat()
    return value.replace(tzinfo=None).isoformat() + "Z"


@dataclass(frozen=True, repr=False)
class Texts:
    """Texts of a caller, and the frame that results should be like."""

    texts: list[str]
    rows: Given
    one: bool


def given_texts(data: Any, column: str) -> Texts:
    """One text, a list or series of texts, or a frame with the column ``column``."""
    if isinstance(data, str):
        return Texts([sound(data)], Given(None, [], None), True)
    found: Any = nw.from_native(data, pass_through=True, allow_series=True)
    if isinstance(found, nw.LazyFrame) and found.implementation.is_polars():
        found = found.collect()
    like: nw.DataFrame[Any] | None = None
    values: Iterable[object]
    if isinstance(found, nw.Series):
        like, values = found.to_frame(), found.to_list()
    elif isinstance(found, nw.DataFrame):
        _check_names({column: column}, found.columns, "texts")
        like, values = found, found.get_column(column).to_list()
    elif hasattr(data, "__arrow_c_stream__"):
        values = arro3.core.Table.from_arrow(data).column(column).to_pylist()
    elif isinstance(data, Iterable) and not isinstance(data, (bytes, Mapping)):
        values = data
    else:
        raise TypeError(f"`texts` must be texts or a frame with a column of them, not {type(data).__name__}")
    return Texts([_text(value, n) for n, value in enumerate(values, 1)], Given(None, None, like), False)


def _text(value: object, number: int) -> str:
    if isinstance(value, str):
        return sound(value)
    if plain(value) is None:
        return ""
    raise TypeError(f"text {number} must be a str, not {type(value).__name__}")


def label_lists_of(data: Any, what: str) -> list[list[str]]:
    """A list or series of lists of labels, one a text, as text."""
    found: Any = nw.from_native(data, pass_through=True, allow_series=True)
    values = found.to_list() if isinstance(found, nw.Series) else found
    if isinstance(values, (str, bytes, Mapping)) or not isinstance(values, Iterable):
        raise TypeError(f"`{what}` must be a list or series of lists of labels, not {type(data).__name__}")
    lists = []
    for number, labels in enumerate(values, 1):
        if labels is None or isinstance(labels, (str, bytes, Mapping)) or not isinstance(labels, Iterable):
            raise InputError(f"`{what}` has no list of labels at place {number}; give an empty list for none")
        lists.append(labels_of(list(labels), what))
    return lists


def labels_of(data: Any, what: str) -> list[str]:
    """A list or series of labels or group names, as text."""
    found: Any = nw.from_native(data, pass_through=True, allow_series=True)
    values = found.to_list() if isinstance(found, nw.Series) else found
    if isinstance(values, (str, bytes, Mapping)) or not isinstance(values, Iterable):
        raise TypeError(f"`{what}` must be a list or series, not {type(data).__name__}")
    labels = []
    for number, value in enumerate(values, 1):
        value = plain(value)
        if value is None or isinstance(value, (dict, list)):
            raise InputError(f"`{what}` has no label at place {number}")
        labels.append(sound(str(value)))
    return labels
