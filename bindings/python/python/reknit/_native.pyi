from collections.abc import Callable
from typing import Any, Final, Protocol, final

import arro3.core

class _ArrowStream(Protocol):
    def __arrow_c_stream__(self, requested_schema: object | None = None) -> object: ...

class _ArrowArray(Protocol):
    def __arrow_c_array__(self, requested_schema: object | None = None) -> tuple[object, object]: ...

type _Arrow = _ArrowStream | _ArrowArray
type _Progress = Callable[[str, int, int], object]

__all__ = [
    "Classifier",
    "LiveResolver",
    "broken",
    "call",
    "contacts_json",
    "messages_json",
    "read_messages",
    "resolve_table",
    "stitch_table",
    "__version__",
    "VERBS",
    "KINDS",
]

__version__: Final[str]
VERBS: Final[list[str]]
KINDS: Final[list[tuple[int, str]]]

def call(verb: str, request: str, progress: _Progress | None = None) -> str: ...
def resolve_table(
    records: _Arrow, config_json: str, source: str, progress: _Progress | None = None
) -> arro3.core.Table: ...
def stitch_table(messages: _Arrow, config_json: str, progress: _Progress | None = None) -> arro3.core.Table: ...
def contacts_json(records: _Arrow, config_json: str, source: str) -> str: ...
def messages_json(messages: _Arrow) -> str: ...
def read_messages(data: bytes, options: str) -> str: ...
def broken() -> None: ...
@final
class Classifier:
    @staticmethod
    def train(
        texts: list[str],
        labels: list[str],
        dev: tuple[list[str], list[str]] | None,
        config_json: str,
        progress: _Progress | None = None,
    ) -> Classifier: ...
    @property
    def labels(self) -> list[str]: ...
    def classify(self, texts: list[str], progress: _Progress | None = None) -> str: ...
    def classify_table(self, texts: list[str], progress: _Progress | None = None) -> arro3.core.Table: ...
    def explain(self, text: str) -> str: ...
    def to_bytes(self) -> bytes: ...
    @staticmethod
    def from_bytes(model: bytes) -> Classifier: ...
@final
class LiveResolver:
    @staticmethod
    def begin(request: str, progress: _Progress | None = None) -> LiveResolver: ...
    @staticmethod
    def begin_table(
        records: _Arrow,
        learn_from: _Arrow | None,
        config_json: str,
        source: str,
        progress: _Progress | None = None,
    ) -> LiveResolver: ...
    def counts(self) -> tuple[int, int]: ...
    def change(self, change: str) -> str: ...
    def ask(self, question: str) -> str: ...
    def to_bytes(self) -> bytes: ...
    @staticmethod
    def from_bytes(bytes: bytes) -> LiveResolver: ...
