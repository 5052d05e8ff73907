"""Progress of long verbs: a function of the caller, or a bar."""

from __future__ import annotations

import warnings
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

ProgressFunction = Callable[[str, int, int], object]
"""Called with the stage, the steps done and the steps in all (0 when unknown); ``False`` stops."""

Progress = bool | ProgressFunction | None
"""What every long verb takes as ``progress``."""


class _Bars:
    """One bar a stage, in a terminal or a notebook."""

    def __init__(self, bar: Any) -> None:
        self._new_bar = bar
        self._stage = ""
        self._bar: Any = None

    def __call__(self, stage: str, done: int, total: int) -> None:
        if stage != self._stage or self._bar is None:
            self.close()
            self._stage = stage
            self._bar = self._new_bar(desc=stage, total=total or None)
        self._bar.update(done - self._bar.n)

    def close(self) -> None:
        if self._bar is not None:
            self._bar.close()
            self._bar = None


@contextmanager
def watched(progress: Progress) -> Iterator[ProgressFunction | None]:
    """The function to hand to the native side; ``True`` is a bar of ``tqdm``."""
    if progress is None or progress is False:
        yield None
    elif progress is True:
        try:
            from tqdm.auto import tqdm
        except ImportError:
            warnings.warn("progress=True needs tqdm: pip install tqdm", stacklevel=4)
            yield None
            return
        bars = _Bars(tqdm)
        try:
            yield bars
        finally:
            bars.close()
    elif callable(progress):
        yield progress
    else:
        raise TypeError("`progress` must be a function of (stage, done, total), True, False or None")
