"""jwzthreading 0.91 (PyPI, 2005): the first JWZ port, on message JSON Lines.

    python jwzthreading_run.py IN OUT [IN OUT ...]

It is Python 2: it is put through lib2to3, which Python 3.12 and older have. It gives back a table by subject, in which
threads without one are missing and others get lost when two ids nobody bears share a subject; so that it does not
suffer for that, all of its containers are remembered and the threads read from them.
"""

import importlib.metadata
import sys
import types

import baselines
import corpora
from stages import Stages


def port():
    """The module, in Python 3, with containers that are remembered in `made`."""
    from lib2to3.refactor import RefactoringTool, get_fixers_from_package

    path = importlib.metadata.distribution("jwzthreading").locate_file("jwzthreading.py")
    source = path.read_text(encoding="latin-1")
    tree = RefactoringTool(get_fixers_from_package("lib2to3.fixes")).refactor_string(source + "\n", str(path))
    module = types.ModuleType("jwzthreading")
    exec(compile(str(tree), str(path), "exec"), module.__dict__)
    module.made = []

    class Remembered(module.Container):
        def __init__(self):
            super().__init__()
            module.made.append(self)

    # Its own __slots__ lack an attribute that it sets.
    module.Container = Remembered
    return module


def message(module, row):
    new = module.Message(row["id"])
    new.message_id = row["id"]
    new.references = module.uniq(corpora.named(row))
    new.subject = row.get("subject") or "No subject"
    return new


def placed(made):
    """`(id, conversation, parent id)`; the conversation is the top of the tree."""
    for node in made:
        if node.message is None:
            continue
        above = node.parent
        while above is not None and above.message is None:
            above = above.parent
        top = node
        while top.parent is not None:
            top = top.parent
        yield node.message.message, id(top), above.message.message if above else None


def main():
    sys.setrecursionlimit(100_000)
    module = port()
    stages, count = Stages(), 0
    for given, out in zip(sys.argv[1::2], sys.argv[2::2]):
        module.made.clear()
        with stages.stage("read"):
            messages = [message(module, row) for row in corpora.read(given)]
        with stages.stage("thread"):
            module.thread(messages)
        with stages.stage("write"):
            baselines.write(placed(module.made), out)
        count += len(messages)
    stages.tell(messages=count)


if __name__ == "__main__":
    main()
