"""The errors of the library: one class a kind, all of them :class:`ReknitError`."""

from __future__ import annotations

from typing import ClassVar

from . import _native

_CODES = {name: code for code, name in _native.KINDS}


class ReknitError(Exception):
    """Something went wrong that the caller can know about.

    ``code`` and ``name`` say what kind of thing it was and never change; the message says what was
    wrong, where, the limit and what to do, and never quotes a field's value.
    """

    kind: ClassVar[str] = "internal"
    """The name of the kind this class stands for."""

    code: int
    """The stable number of the kind, the same in all languages."""

    name: str
    """The stable name of the kind."""

    def __init__(self, message: str, code: int | None = None, name: str | None = None) -> None:
        self.name = self.kind if name is None else name
        self.code = _CODES.get(self.name, 0) if code is None else code
        super().__init__(message, self.code, self.name)

    def __str__(self) -> str:
        return str(self.args[0])


class ConfigError(ReknitError, ValueError):
    """A setting is out of its range, unknown, or contradicts another."""

    kind = "config"


class InputError(ReknitError, ValueError):
    """A record, a message or a request breaks the documented shape."""

    kind = "input"


class ModelError(ReknitError, ValueError):
    """A model is damaged, truncated or made by a newer version."""

    kind = "model"


class ContradictionError(ReknitError, ValueError):
    """Must-link and cannot-link constraints contradict each other."""

    kind = "contradiction"


class NotFoundError(ReknitError, LookupError):
    """A name (of a model, a verb, a label, a record) is not known."""

    kind = "not_found"


class CancelledError(ReknitError):
    """The progress function returned ``False``."""

    kind = "cancelled"


class IoError(ReknitError):
    """A file could not be read or written."""

    kind = "io"


class InternalError(ReknitError):
    """A promise inside the library was broken; the call had no effect. Please report it."""

    kind = "internal"


def error_of(code: int, name: str, message: str) -> ReknitError:
    """The exception for an error of the core; a kind without a class of its own is a ReknitError."""
    for cls in ReknitError.__subclasses__():
        if cls.kind == name:
            return cls(message, code, name)
    return ReknitError(message, code, name)
