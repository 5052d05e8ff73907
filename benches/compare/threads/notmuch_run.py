"""notmuch: a mail index, threads by ids only, on message JSON Lines.

    python notmuch_run.py FOLDER IN OUT [IN OUT ...]

Each message becomes a file in a Maildir below FOLDER, without a body: notmuch looks at headers alone to thread. What
`notmuch new` takes is the building of a whole search index; only the threads of it are read.
"""

import datetime
import email.utils
import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import baselines
import corpora
from stages import Stages


def headers(row):
    """The message as a mail without a body."""
    sent = email.utils.format_datetime(datetime.datetime.fromtimestamp(int(row["ts"]), datetime.timezone.utc))
    in_reply_to = "".join(f"<{id}>" for id in (row.get("in_reply_to") or [])[:1])
    references = " ".join(f"<{id}>" for id in row.get("references") or [])
    subject = " ".join((row.get("subject") or "").split())
    fields = {"Message-ID": f"<{row['id']}>", "Date": sent, "From": row.get("author") or "nobody@example.org",
              "Subject": subject, "In-Reply-To": in_reply_to, "References": references}
    return "".join(f"{name}: {value}\n" for name, value in fields.items() if value) + "\n"


def maildir(rows, folder):
    """A fresh Maildir with one file a message."""
    shutil.rmtree(folder, ignore_errors=True)
    for part in ("cur", "new", "tmp"):
        (folder / part).mkdir(parents=True)
    for number, row in enumerate(rows):
        (folder / "cur" / f"{number}:2,S").write_text(headers(row), encoding="utf-8", errors="replace")


def notmuch(folder, *words):
    config = folder.parent / "config"
    config.write_text(f"[database]\npath={folder}\n[user]\nname=nobody\nprimary_email=nobody@example.org\n")
    command = ["notmuch", *words]
    environment = {**os.environ, "NOTMUCH_CONFIG": str(config)}
    return subprocess.run(command, env=environment, check=True, capture_output=True, text=True).stdout


def placed(shown):
    """`(id, conversation, parent id)` from `notmuch show`: a list of threads, each a list of `[message, answers]`."""
    for number, thread in enumerate(shown):
        open_ = [(node, None) for node in thread]
        while open_:
            (message, answers), above = open_.pop()
            if message is not None:
                yield message["id"], number, above
                above = message["id"]
            open_ += [(node, above) for node in answers]


def main():
    folder, *paths = sys.argv[1:]
    folder = Path(folder).resolve() / "mail"
    stages, count = Stages(), 0
    for given, out in zip(paths[::2], paths[1::2]):
        rows = corpora.read(given)
        with stages.stage("maildir"):
            maildir(rows, folder)
        with stages.stage("index"):
            notmuch(folder, "new", "--quiet")
        with stages.stage("show"):
            shown = json.loads(notmuch(folder, "show", "--format=json", "--body=false", "--exclude=false", "*"))
        baselines.write(placed(shown), out)
        count += len(rows)
    stages.tell(messages=count)


if __name__ == "__main__":
    main()
