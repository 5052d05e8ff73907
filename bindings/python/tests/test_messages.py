"""Files of messages, as paths and as bytes."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest

import reknit

CHAT = "05/02/2024, 10:15 - Ana: Is it open?\n13/02/2024, 10:16 - Bo: Until six\n"


def test_a_file_is_read_by_path_and_as_bytes(tmp_path: Path) -> None:
    path = tmp_path / "WhatsApp Chat with Bo.txt"
    path.write_text(CHAT, encoding="utf-8")
    by_path = reknit.read_messages(path, us=["Bo"], utc_offset_minutes=60)
    assert by_path == reknit.read_messages(CHAT.encode(), us=["Bo"], utc_offset_minutes=60)
    assert (by_path.format, by_path.problems) == ("whatsapp", [])
    assert by_path[0]["sent"] == "2024-02-05T09:15:00Z"
    assert [one["direction"] for one in by_path] == ["inbound", "outbound"]


def test_what_was_read_is_what_other_verbs_take() -> None:
    messages = reknit.read_messages(CHAT.encode())
    placed = reknit.stitch(messages)
    assert [one["id"] for one in placed] == [one["id"] for one in messages]
    assert list(pd.DataFrame(messages)["text"]) == ["Is it open?", "Until six"]


def test_problems_and_errors_are_told() -> None:
    posts = b'window.YTD.tweets.part0 = [{"tweet": {}}, {"tweet": {"id_str": "7", "full_text": "x", "created_at": "2024-01-01"}}]'
    read = reknit.read_messages(posts, us=["shop"])
    assert [one["id"] for one in read] == ["x:7"]
    assert read.problems[0]["place"] == {"line": 1, "path": "[0]"}
    with pytest.raises(reknit.InputError, match="zip"):
        reknit.read_messages(b"PK\x03\x04")
    with pytest.raises(reknit.ConfigError, match="1080"):
        reknit.read_messages(CHAT.encode(), utc_offset_minutes=5000)
    with pytest.raises(reknit.InputError, match="options"):
        reknit.read_messages(CHAT.encode(), format="sms")
