"""Errors have a class, a code and a name, and quote nothing."""

from __future__ import annotations

import pickle
from typing import Any

import pandas as pd
import pyarrow as pa
import pytest

import reknit
from reknit import _errors, _native


def test_every_kind_of_the_core_has_its_class() -> None:
    for code, name in _native.KINDS:
        error = _errors.error_of(code, name, "what")
        assert type(error) is not reknit.ReknitError, name
        assert (error.code, error.name, str(error)) == (code, name, "what")
        assert type(error).__name__ in reknit.__all__
        assert type(error)("what").code == code
        again = pickle.loads(pickle.dumps(error))
        assert (type(again), again.code, again.name, str(again)) == (type(error), code, name, "what")


def test_a_kind_of_a_newer_core_is_a_reknit_error() -> None:
    error = _errors.error_of(99, "new", "what")
    assert type(error) is reknit.ReknitError
    assert (error.code, error.name) == (99, "new")


def test_a_wrong_setting_is_named() -> None:
    for data in ([{"id": 1, "name": "Ana"}], pd.DataFrame([{"id": 1, "name": "Ana"}])):
        with pytest.raises(reknit.ReknitError, match="treshold"):
            reknit.resolve(data, config={"treshold": 0.9})
        with pytest.raises(reknit.ConfigError) as raised:
            reknit.resolve(data, config={"threshold": 2.0})
        assert isinstance(raised.value, ValueError)
        assert (raised.value.code, raised.value.name) == (1, "config")


def test_a_wrong_column_is_named_and_not_quoted() -> None:
    table = pa.table({"id": [1], "photo": [b"Ana"]})
    with pytest.raises(reknit.InputError, match="`photo`.*Binary") as raised:
        reknit.resolve(table)
    assert "Ana" not in str(raised.value)
    assert len(reknit.resolve(table, config={"fields": {"photo": "ignored"}})) == 1
    with pytest.raises(reknit.InputError, match="row 2.*`ts`") as raised:
        reknit.stitch(pa.table({"id": [1, 2], "ts": ["2026-01-01", "Ana's birthday"]}))
    assert "Ana" not in str(raised.value)


def test_a_repeated_key_is_an_input_error() -> None:
    with pytest.raises(reknit.InputError, match="stands twice"):
        reknit.resolve([{"id": 1, "name": "Ana"}, {"id": 1, "name": "Bo"}])


def test_an_unknown_verb_is_not_found() -> None:
    with pytest.raises(reknit.NotFoundError) as raised:
        _native.call("unravel", "{}")
    assert isinstance(raised.value, LookupError)


def test_a_panic_is_an_error_and_prints_nothing(capfd: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(reknit.InternalError, match=r"lib\.rs:\d+") as raised:
        _native.broken()
    assert isinstance(raised.value, Exception)
    assert "wanted by a test" not in str(raised.value)
    assert capfd.readouterr() == ("", "")


@pytest.mark.parametrize("request_json", ["", "[", "null", "{}", '{"records": 3}', "\x00"])
@pytest.mark.parametrize("verb", _native.VERBS)
def test_a_request_of_another_shape_is_an_input_error(verb: str, request_json: str) -> None:
    with pytest.raises(reknit.InputError):
        _native.call(verb, request_json)


def test_a_frame_that_fails_while_it_is_read_is_an_error() -> None:
    def batches() -> Any:
        yield pa.record_batch({"id": ["1"]})
        raise RuntimeError("Ana")

    reader = pa.RecordBatchReader.from_batches(pa.schema({"id": pa.string()}), batches())
    with pytest.raises(reknit.InputError, match="batch 2"):
        reknit.stitch(reader)
