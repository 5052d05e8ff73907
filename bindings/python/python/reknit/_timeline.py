"""How a conversation went on, as data, as a table and as a picture in a notebook.

The picture is one piece of SVG and HTML: no script, no style sheet and nothing from outside, so that it
lives in any notebook and does not change the cells around it. Its ink is the cell's own, so that it is
readable on light and on dark. All text of the data is escaped.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from datetime import datetime
from html import escape
from typing import Any

import narwhals.stable.v2 as _nw

from ._frames import Given

_TURNS = {
    "id": _nw.String(),
    "sent": _nw.String(),
    "channel": _nw.String(),
    "author": _nw.String(),
    "direction": _nw.String(),
    "session": _nw.Int64(),
    "hand_off_from": _nw.String(),
    # A number or nothing, which pandas knows of fractions only.
    "gap_ms": _nw.Float64(),
    "asked_to_repeat": _nw.String(),
    "parent_id": _nw.String(),
    "relation": _nw.String(),
    "weight": _nw.Float64(),
}
# Of middle brightness, to be seen on white and on black.
_COLOURS = ("#3d7fc4", "#3b9a80", "#d9822b", "#9a6fc6", "#cf5a84", "#7d9c35")
_WIDTH, _LEFT, _RIGHT, _LANE, _TOP = 960.0, 120.0, 30.0, 38.0, 10.0


class Timeline(dict[str, Any]):
    """One conversation: ``id``, ``messages``, ``channels``, ``first`` and ``last``; its ``sessions``
    (stretches without a long silence), its ``hand_offs`` (changes of channel: ``from``, ``to``, the
    messages ``before`` and ``after``, ``gap_ms``, ``agent_changed``), and ``asked_to_repeat``: the
    messages in which staff asked for what the customer had given (``sign`` is ``asked_again``) or the
    customer says so (``said_before``). In a notebook it is drawn."""

    def __init__(self, conversation: Mapping[str, Any], placed: Mapping[str, Mapping[str, Any]], like: Given) -> None:
        super().__init__(conversation)
        self._like = like.empty()
        self.rows: list[dict[str, Any]] = _rows(self, placed)
        """A dict a message: ``id``, ``sent``, ``channel``, ``author``, ``direction``, ``session`` (from
        1), ``hand_off_from`` (the channel before, where it changed) with ``gap_ms``, ``asked_to_repeat``
        (the sign, where there is one), ``parent_id``, ``relation`` and ``weight`` (bits)."""

    def table(self) -> Any:
        """The :attr:`rows` as the kind of frame that was given."""
        return self._like.flat(self.rows, _TURNS)

    def _repr_html_(self) -> str:
        head = (
            f"<p><b>{_text(self['id'])}</b>: {len(self.rows)} messages, {len(self['channels'])} channels, "
            f"{len(self['sessions'])} sessions, {len(self['hand_offs'])} changes of channel</p>"
        )
        return f'<div style="overflow-x:auto">{head}{_picture(self)}</div>{_in_words(self)}'


def _rows(conversation: Mapping[str, Any], placed: Mapping[str, Mapping[str, Any]]) -> list[dict[str, Any]]:
    changes = {change["after"]: change for change in conversation["hand_offs"]}
    # The first sign of a message is the one that stands in its row; all are in `asked_to_repeat`.
    signs = {repeat["message"]: repeat["sign"] for repeat in reversed(conversation["asked_to_repeat"])}
    rows = []
    for entry in conversation["timeline"]:
        change, place = changes.get(entry["id"], {}), placed.get(entry["id"], {})
        rows.append(
            {name: entry[name] for name in ("id", "sent", "channel", "author", "direction", "session")}
            | {"hand_off_from": change.get("from"), "gap_ms": change.get("gap_ms")}
            | {"asked_to_repeat": signs.get(entry["id"])}
            | {name: place.get(name) for name in ("parent_id", "relation", "weight")}
        )
    return rows


def _picture(timeline: Timeline) -> str:
    rows = timeline.rows
    lanes = list(dict.fromkeys(row["channel"] for row in rows))
    floor = _TOP + _LANE * len(lanes)
    xs, ys = _places(rows), [_TOP + _LANE * (lanes.index(row["channel"]) + 0.5) for row in rows]
    parts = [
        f'<svg viewBox="0 0 {_WIDTH:.0f} {floor + 20:.0f}" role="img" aria-label="Timeline by channel" '
        f'style="width:100%;min-width:640px;max-width:{_WIDTH:.0f}px;font:12px sans-serif" fill="currentColor">'
    ]
    for number in dict.fromkeys(row["session"] for row in rows):
        own = [at for at, row in enumerate(rows) if row["session"] == number]
        left, right = xs[own[0]] - 12, xs[own[-1]] + 12
        span = f"Session {number}: {_when(rows[own[0]])} to {_when(rows[own[-1]])}"
        parts.append(
            f'<rect x="{left:.1f}" y="{_TOP}" width="{right - left:.1f}" height="{floor - _TOP}" rx="7" '
            f'fill-opacity="0.07"><title>{_text(span)}</title></rect>'
        )
        if own[-1] + 1 < len(rows):
            middle = (xs[own[-1]] + xs[own[-1] + 1]) / 2
            silence = _duration(int(_minutes(rows[own[-1]], rows[own[-1] + 1]) * 60_000))
            parts.append(
                f'<text x="{middle:.1f}" y="{floor + 15:.0f}" text-anchor="middle" font-size="11" fill-opacity="0.7">'
                f"{silence}</text>"
            )
    for at, lane in enumerate(lanes):
        y = _TOP + _LANE * (at + 0.5)
        name = lane if len(lane) <= 15 else lane[:14] + "…"
        parts.append(
            f'<line x1="{_LEFT}" x2="{_WIDTH - 6}" y1="{y}" y2="{y}" stroke="currentColor" stroke-opacity="0.25"/>'
            f'<text x="4" y="{y + 4}">{_text(name)}</text>'
        )
    place = {row["id"]: at for at, row in enumerate(rows)}
    parts += [_arrow(change, place, xs, ys) for change in timeline["hand_offs"]]
    labelled = -math.inf
    for at, row in enumerate(rows):
        colour = _COLOURS[lanes.index(row["channel"]) % len(_COLOURS)]
        filled = f'fill="{colour}"' if row["direction"] != "outbound" else f'fill="none" stroke="{colour}" stroke-width="2.5"'
        again = ' (said again)' if row["asked_to_repeat"] else ""
        hint = f"{_when(row)}, {row['author']}{again}"
        parts.append(f'<circle cx="{xs[at]:.1f}" cy="{ys[at]:.1f}" r="6" {filled}><title>{_text(hint)}</title></circle>')
        if row["asked_to_repeat"]:
            parts.append(f'<text x="{xs[at] + 6:.1f}" y="{ys[at] - 7:.1f}" fill="#d9572b">↻</text>')
        opens = at == 0 or row["session"] != rows[at - 1]["session"]
        if opens and xs[at] - labelled > 110:
            labelled = xs[at]
            parts.append(
                f'<text x="{xs[at] - 12:.1f}" y="{floor + 15:.0f}" font-size="11" fill-opacity="0.7">{_text(_when(row))}</text>'
            )
    return "".join([*parts, "</svg>"])


def _arrow(change: Mapping[str, Any], place: Mapping[str, int], xs: list[float], ys: list[float]) -> str:
    before, after = place[change["before"]], place[change["after"]]
    down = 1 if ys[after] > ys[before] else -1
    tip = ys[after] - 8 * down
    return (
        f'<g><title>{_text(_change(change))}</title><path d="M{xs[before]:.1f} {ys[before]:.1f}C{xs[after]:.1f} '
        f'{ys[before]:.1f} {xs[after]:.1f} {ys[before]:.1f} {xs[after]:.1f} {tip:.1f}" fill="none" '
        f'stroke="currentColor" stroke-width="1.4"/><path d="M{xs[after]:.1f} {tip:.1f}l-4 {-7 * down}h8z"/></g>'
    )


def _places(rows: list[dict[str, Any]]) -> list[float]:
    """Where messages lie: pauses by their logarithm, the silence between two sessions as one width."""
    at, places = 0.0, []
    for number, row in enumerate(rows):
        if number:
            pause = _minutes(rows[number - 1], row)
            at += 4.0 if row["session"] != rows[number - 1]["session"] else 1.0 + 0.35 * min(math.log1p(pause), 8.0)
        places.append(at)
    scale = (_WIDTH - _LEFT - _RIGHT - 20) / max(at, 1.0)
    return [_LEFT + 20 + place * scale for place in places]


def _minutes(before: Mapping[str, Any], after: Mapping[str, Any]) -> float:
    if not (before["sent"] and after["sent"]):
        return 0.0
    try:
        passed = datetime.fromisoformat(after["sent"]) - datetime.fromisoformat(before["sent"])
    except ValueError:  # a year that Python's calendar does not have
        return 0.0
    return max(passed.total_seconds() / 60, 0.0)


def _in_words(timeline: Timeline) -> str:
    lines = [_change(change) for change in timeline["hand_offs"]]
    for repeat in timeline["asked_to_repeat"]:
        if repeat["sign"] == "said_before":
            lines.append(f"{repeat['message']}: the customer had said it before")
        else:
            detail = f" for the {repeat['detail'].replace('_', ' ')}" if repeat["detail"] else ""
            since = f", given in {repeat['said_in']}" if repeat["said_in"] else ""
            lines.append(f"{repeat['message']}: staff asks again{detail}{since}")
    return "<ul>" + "".join(f"<li>{_text(line)}</li>" for line in lines) + "</ul>" if lines else ""


def _change(change: Mapping[str, Any]) -> str:
    gap = "" if change["gap_ms"] is None else f" after {_duration(change['gap_ms'])}"
    agent = {True: ", another agent went on", False: ", the same agent went on", None: ""}[change["agent_changed"]]
    return f"{change['from']} to {change['to']}{gap}{agent} ({change['before']}, {change['after']})"


def _duration(ms: int) -> str:
    seconds = ms // 1000
    for unit, size in (("d", 86_400), ("h", 3_600), ("min", 60)):
        if seconds >= size * (2 if unit == "d" else 1):
            return f"{seconds // size} {unit}"
    return f"{seconds} s"


def _when(row: Mapping[str, Any]) -> str:
    return str(row["sent"])[:16].replace("T", " ") if row["sent"] else "no time"


def _text(text: str) -> str:
    """Escaped; controls and bidirectional overrides, which could run over their surroundings, replaced."""
    hidden = (c for c in text if c < " " or "\x7f" <= c < "\xa0" or "\u202a" <= c <= "\u202e" or "\u2066" <= c <= "\u2069")
    return escape(text.translate({ord(c): "\ufffd" for c in hidden}))
