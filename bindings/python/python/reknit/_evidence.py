"""Evidence as callers see it: JSON data that is also a table, the bars of a waterfall, and a notebook cell."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from html import escape
from typing import Any

import narwhals.stable.v2 as _nw

from ._frames import Given, to_json
from ._request import call

_ROWS = Given(None, [], None)
_FINDINGS = {"name": _nw.String(), "level": _nw.String(), "weight": _nw.Float64()}
_FEATURES = {"name": _nw.String(), "kind": _nw.String(), "texts": _nw.Int64(), "weight": _nw.Float64()}
_BARS = {
    "label": _nw.String(),
    "bits": _nw.Float64(),
    "start": _nw.Float64(),
    "end": _nw.Float64(),
    "probability": _nw.Float64(),
}
_STEPS = {
    "step": _nw.Int64(),
    "a": _nw.String(),
    "b": _nw.String(),
    "joined_a": _nw.Int64(),
    "joined_b": _nw.Int64(),
    "bits": _nw.Float64(),
    "probability": _nw.Float64(),
}


def waterfall(evidence: Mapping[str, Any]) -> list[dict[str, Any]]:
    """The bars of a waterfall chart of the ``evidence`` in any answer.

    A row a bar, from the ``prior`` over each finding to the ``total``: ``label``, ``bits``, where the
    bar starts and ends (``start``, ``end``, in bits), and the ``probability`` of its end.

    >>> evidence = {"prior": -9.0, "contributions": [{"name": "email", "level": "exact", "weight": 12.5}], "total": 3.5}
    >>> [(bar["label"], bar["start"], bar["end"]) for bar in waterfall(evidence)]
    [('prior', 0.0, -9.0), ('email: exact', -9.0, 3.5), ('total', 0.0, 3.5)]
    """
    parts = {name: evidence[name] for name in ("prior", "contributions", "total")}
    bars: list[dict[str, Any]] = call("waterfall", to_json({"evidence": parts}))["bars"]
    return bars


class Evidence(dict[str, Any]):
    """``prior``, ``contributions`` (each ``name``, ``level``, ``weight``) and ``total``, in bits."""

    def __init__(self, evidence: Mapping[str, Any], like: Given = _ROWS) -> None:
        super().__init__(evidence)
        self._like = like.empty()

    def table(self) -> Any:
        """A row a finding: ``name``, ``level``, ``weight``; as the kind of frame that was given."""
        return self._like.flat(self["contributions"], _FINDINGS)

    def waterfall(self) -> Any:
        """The rows of :func:`reknit.waterfall`, as the kind of frame that was given."""
        return self._like.flat(waterfall(self), _BARS)

    def _repr_html_(self) -> str:
        return _chart(waterfall(self))


class Explanation(dict[str, Any]):
    """Why something was decided: JSON data whose ``evidence`` is an :class:`Evidence`."""

    def __init__(self, why: Mapping[str, Any], like: Given = _ROWS) -> None:
        super().__init__(why)
        self["evidence"] = Evidence(why["evidence"], like)

    def table(self) -> Any:
        """The findings, see :meth:`Evidence.table`."""
        return self["evidence"].table()

    def waterfall(self) -> Any:
        """The bars, see :meth:`Evidence.waterfall`."""
        return self["evidence"].waterfall()

    def _repr_html_(self) -> str:
        lines = [f"<b>{escape(self._headline())}</b>"]
        why_not = self.get("why_not")
        if why_not:
            lines.append(escape(_against(why_not)))
        return f"<p>{'<br>'.join(lines)}</p>{self['evidence']._repr_html_()}"

    def _headline(self) -> str:
        if "decision" in self:
            verdict = "one entity" if self["same_entity"] else "two entities"
            return f"{_named(self['a'])} and {_named(self['b'])}: {verdict}"
        if "relation" in self:
            relation = self["relation"].replace("_", " ")
            place = f" hangs on {self['parent_id']}" if self["parent_id"] else ""
            return f"{self['id']}{place}: {relation}"
        return f"{self['label']} rather than {self['against']}"


class TopFeatures(dict[str, Any]):
    """What speaks for a label (``speak_for``) and against it (``speak_against``) in ``texts`` many texts, and the
    ``evidence``: how that adds up."""

    def __init__(self, found: Mapping[str, Any], like: Given = _ROWS) -> None:
        super().__init__(found)
        self._like = like.empty()
        self["evidence"] = Evidence(found["evidence"], like)

    def table(self) -> Any:
        """A row a feature: ``name``, ``kind``, ``texts``, ``weight``; what speaks for the label first, as the kind
        of frame that was given."""
        rows = self["speak_for"] + self["speak_against"][::-1]
        return self._like.flat(rows, _FEATURES)

    def _repr_html_(self) -> str:
        return f"<p><b>{escape(self['label'])} in {self['texts']} texts</b></p>{self['evidence']._repr_html_()}"


class How(dict[str, Any]):
    """How an entity came about: its ``records``, the ``steps`` that joined them, the strongest first,
    and the pairs that people decided (``must_link``)."""

    def __init__(self, how: Mapping[str, Any], like: Given = _ROWS) -> None:
        super().__init__(how)
        self._like = like.empty()
        self["steps"] = [{**step, "evidence": Evidence(step["evidence"], like)} for step in how["steps"]]

    def table(self) -> Any:
        """A row a step: which records were linked, how many records were together on either side before
        (``joined_a``, ``joined_b``), and what the evidence adds up to; as the kind of frame that was
        given."""
        return self._like.flat(self._rows(), _STEPS)

    def waterfall(self) -> Any:
        """The bars of all steps, each with the number of its step."""
        bars = [
            {"step": number, **bar}
            for number, step in enumerate(self["steps"], 1)
            for bar in waterfall(step["evidence"])
        ]
        return self._like.flat(bars, {"step": _nw.Int64(), **_BARS})

    def _rows(self) -> list[dict[str, Any]]:
        return [
            {
                "step": number,
                "a": _named(step["a"]),
                "b": _named(step["b"]),
                "joined_a": step["joined"][0],
                "joined_b": step["joined"][1],
                "bits": step["evidence"]["total"],
                "probability": step["probability"],
            }
            for number, step in enumerate(self["steps"], 1)
        ]

    def _repr_html_(self) -> str:
        rows = [
            [str(r["step"]), r["a"], r["b"], f"{r['joined_a']} + {r['joined_b']}", f"{r['bits']:+.2f}", f"{r['probability']:.4f}"]
            for r in self._rows()
        ]
        return _html(["step", "record", "record", "joined", "bits", "probability"], rows)


def _named(key: Mapping[str, str]) -> str:
    return f"{key['source']}:{key['id']}"


def _against(why_not: Mapping[str, Any]) -> str:
    parts = [", ".join(name.replace("_", " ") for name in why_not["obstacles"])]
    if why_not["missing"] > 0:
        parts.append(f"{why_not['missing']:.2f} bits are missing")
    return "; ".join(parts)


def _html(heads: Sequence[str], rows: Sequence[Sequence[str]], last: Sequence[str] | None = None) -> str:
    """A table; ``last`` holds cells that are HTML already."""
    head = "".join(f"<th>{escape(name)}</th>" for name in heads)
    body = ""
    for at, row in enumerate(rows):
        cells = "".join(f"<td>{escape(cell)}</td>" for cell in row)
        body += f"<tr>{cells}{'' if last is None else last[at]}</tr>"
    return f"<table><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>"


def _chart(bars: Sequence[Mapping[str, Any]]) -> str:
    """Bars as a table whose last cell draws each from where it starts to where it ends."""
    ends = [bar[end] for bar in bars for end in ("start", "end")]
    low, wide = min(ends), (max(ends) - min(ends)) or 1.0
    drawn = []
    for bar in bars:
        left, right = sorted((bar["start"], bar["end"]))
        colour = "#4c8" if bar["bits"] >= 0 else "#d65"
        style = f"margin-left:{100 * (left - low) / wide:.1f}%;width:{100 * (right - left) / wide:.1f}%"
        drawn.append(
            f'<td style="min-width:16em"><div style="{style};min-width:1px;height:1em;background:{colour}"></div></td>'
        )
    rows = [[bar["label"], f"{bar['bits']:+.2f}", f"{bar['probability']:.4f}"] for bar in bars]
    return _html(["", "bits", "probability", ""], rows, drawn)
