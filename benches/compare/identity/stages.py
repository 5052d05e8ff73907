"""The clock of one run, and its one line of JSON on standard output.

The idea: a rival's script is one process. How long each of its stages took it says itself; wall clock, processor
time and memory of the whole process are measured from outside, by compare.py.
"""

import json
import time
from contextlib import contextmanager


class Stages:
    """Seconds by stage, in order: by the clock, and of processor time over all threads."""

    def __init__(self):
        self.seconds = {}

    @contextmanager
    def stage(self, name):
        clock, processor = time.perf_counter(), time.process_time()
        yield
        spent = time.perf_counter() - clock, time.process_time() - processor
        self.seconds[name] = {"wall": round(spent[0], 3), "cpu": round(spent[1], 3)}

    def tell(self, **more):
        print(json.dumps({"stages": self.seconds, **more}))
