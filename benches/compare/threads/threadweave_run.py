"""threadweave: JWZ threading in Python, on message JSON Lines.

    python threadweave_run.py [--subjects] IN OUT [IN OUT ...]

`--subjects` joins threads of one base subject, which it does not do by itself.
"""

import sys

import baselines
import corpora
from stages import Stages
from threadweave import Message, thread_messages


def message(row):
    in_reply_to = (row.get("in_reply_to") or [None])[0]
    return Message(row["id"], in_reply_to, row.get("references") or [], row.get("subject"), payload=row["id"])


def placed(roots):
    """`(id, conversation, parent id)` of every message below the roots."""
    for number, root in enumerate(roots):
        open_ = [(root, None)]
        while open_:
            node, above = open_.pop()
            if node.message is not None:
                yield node.message.payload, number, above
                above = node.message.payload
            open_ += [(child, above) for child in node.children]


def main():
    subjects = "--subjects" in sys.argv
    paths = [word for word in sys.argv[1:] if word != "--subjects"]
    stages, count = Stages(), 0
    for given, out in zip(paths[::2], paths[1::2]):
        with stages.stage("read"):
            messages = [message(row) for row in corpora.read(given)]
        with stages.stage("thread"):
            roots = thread_messages(messages, group_by_subject=subjects)
        with stages.stage("write"):
            baselines.write(placed(roots), out)
        count += len(messages)
    stages.tell(messages=count)


if __name__ == "__main__":
    main()
