"""Puts the clocks of the irc_ubuntu logs right, so that they can be stitched by time.

The logs have 12-hour clocks and minutes only. Lines are taken in the order of `n`, as the set's page says;
where the clock steps back by more than six hours, twelve are added from there on, and a smaller step back
stands still. Each file is a room of its own. Truth columns are kept for `reknit eval` and read by nothing
else. Standard library only; linear in the lines.

    python clocks.py irc_ubuntu/test.jsonl > test.jsonl
    reknit stitch test.jsonl -o found.csv
    reknit eval stitch --pred found.csv --truth test.jsonl
"""

import json
import sys
from datetime import datetime, timezone

HALF_A_DAY_S = 12 * 3600


def seconds(stamp):
    return datetime.fromisoformat(stamp.replace("Z", "+00:00")).replace(tzinfo=timezone.utc).timestamp()


def right(rows):
    """The rows of one file in their order, with times that never step back."""
    added, before = 0, None
    for row in sorted(rows, key=lambda row: row["n"]):
        time = seconds(row["ts"]) + added
        if before is not None and time < before - HALF_A_DAY_S / 2:
            added, time = added + HALF_A_DAY_S, time + HALF_A_DAY_S
        before = time if before is None else max(before, time)
        yield {**row, "ts": before, "room": row["file"]}


def main():
    files = {}
    with open(sys.argv[1], encoding="utf-8") as log:
        for line in log:
            row = json.loads(line)
            files.setdefault(row["file"], []).append(row)
    for rows in files.values():
        for row in right(rows):
            print(json.dumps(row, ensure_ascii=False))


if __name__ == "__main__":
    main()
