"""The notebooks run."""

from __future__ import annotations

import runpy
from pathlib import Path

import pytest

NOTEBOOKS = sorted((Path(__file__).parents[3] / "examples" / "notebooks").glob("*.py"))


def test_there_are_notebooks() -> None:
    assert NOTEBOOKS


@pytest.mark.parametrize("notebook", NOTEBOOKS, ids=lambda path: path.stem)
def test_a_notebook_runs(notebook: Path, capsys: pytest.CaptureFixture[str]) -> None:
    left = runpy.run_path(str(notebook))
    people = left["people"]
    assert people["entity_id"][0] == people["entity_id"][2] != people["entity_id"][1]
    assert left["why"]["same_entity"]
    assert "entity_id" in capsys.readouterr().out
