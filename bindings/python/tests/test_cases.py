"""The requests and answers shared by all languages: the same bytes come back here."""

from __future__ import annotations

import os

import pytest

import reknit
from reknit import _native


def answer(verb: str, request: str) -> str:
    try:
        return _native.call(verb, request)
    except reknit.ReknitError as error:
        return f"error {error.code} {error.name}: {error}"


@pytest.mark.skipif("REKNIT_CASES" not in os.environ, reason="REKNIT_CASES names no file of cases")
def test_every_case_gives_the_same_bytes(capsys: pytest.CaptureFixture[str]) -> None:
    with open(os.environ["REKNIT_CASES"], encoding="utf-8", newline="\n") as file:
        cases = [line.rstrip("\n").split("\t") for line in file]
    failed = [name for name, verb, request, expected in cases if answer(verb, request) != expected]
    with capsys.disabled():
        print(f"\nPython: {len(cases) - len(failed)} passed, {len(failed)} failed")
    assert cases
    assert not failed
