"""A conversation over its channels: data, table, and a notebook cell that nothing of the data breaks."""

from __future__ import annotations

import json
import pickle
from html.parser import HTMLParser
from typing import Any

import pandas as pd
import pytest

import reknit

Rows = list[dict[str, Any]]


def told(evil: str = "") -> Rows:
    def row(number: int, hour: int, channel: str, author: str, inbound: bool, text: str) -> dict[str, Any]:
        return {
            "id": f"{evil}{number}",
            "sent": f"2026-03-02T{hour:02}:00:00Z",
            "channel": f"{channel}{evil}",
            "author": {"handle": author, "name": f"{evil}{author}"},
            "inbound": inbound,
            "text": text,
            "in_reply_to": f"{evil}{number - 1}" if number > 1 else None,
        }

    return [
        row(1, 8, "email", "ana@x.example", True, "My order number is 48213, and it is late."),
        row(2, 9, "email", "desk@shop.example", False, "We will look into it."),
        row(3, 11, "whatsapp", "+49 151 2345678", True, "As I already wrote, it is late."),
        row(4, 12, "whatsapp", "desk", False, "Could you please send us your order number?"),
    ]


def test_a_timeline_is_data_and_a_table() -> None:
    rows = told()
    line = reknit.timeline(rows, "1")
    assert [(change["before"], change["after"], change["gap_ms"]) for change in line["hand_offs"]] == [("2", "3", 7_200_000)]
    assert [(repeat["message"], repeat["sign"], repeat["said_in"]) for repeat in line["asked_to_repeat"]] == [
        ("3", "said_before", None),
        ("4", "asked_again", "1"),
    ]
    assert [message for session in line["sessions"] for message in session["messages"]] == line["messages"]
    assert [row["hand_off_from"] for row in line.rows] == [None, None, "email", None]
    assert [row["parent_id"] for row in line.rows] == [None, "1", "2", "3"]
    assert json.loads(json.dumps(line)) == line == pickle.loads(pickle.dumps(line))
    with pytest.raises(reknit.NotFoundError, match="`nobody`"):
        reknit.timeline(rows, "nobody")


def test_a_frame_gives_a_frame(messages: Rows) -> None:
    table = reknit.timeline(pd.DataFrame(messages), "m1").table()
    assert isinstance(table, pd.DataFrame)
    assert list(table["id"]) == ["m1", "m2"] and list(table["session"]) == [1, 1]


class Seen(HTMLParser):
    """The elements and attributes of a piece of HTML."""

    def __init__(self) -> None:
        super().__init__()
        self.tags: set[str] = set()
        self.attributes: set[str] = set()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.add(tag)
        self.attributes.update(name for name, _ in attrs)


def test_no_text_of_the_data_becomes_markup() -> None:
    evil = "\"><script>alert(1)</script><img src=x onerror=y>'&\u202e"
    joined = {"must_link": [[f"{evil}1", f"{evil}{number}"] for number in (2, 3, 4)]}
    line = reknit.timeline(told(evil), f"{evil}1", config=joined)
    assert len(line.rows) == 4
    cell = line._repr_html_()
    seen = Seen()
    seen.feed(cell)
    assert seen.tags <= {"p", "b", "div", "svg", "rect", "title", "line", "text", "circle", "g", "path", "ul", "li"}
    assert not any(name.startswith("on") or name in ("src", "href") for name in seen.attributes)
    assert "&lt;script&gt;" in cell and "\u202e" not in cell
    assert "http" not in cell and "changes of channel" in cell
