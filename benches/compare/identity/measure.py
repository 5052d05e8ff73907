"""One process, measured from outside: wall clock, processor time, peak memory.

The idea: every engine runs as a whole process, started in the same way, and the operating system says what it used.
Processor time is user and system time of the process and of the children it waited for; peak memory is the largest
resident set of any one of them.

Source: wait4(2), getrusage(2). Cost: nothing worth naming; this process stays small, since on Linux a child's peak
counts from that of its parent.
"""

import json
import os
import signal
import subprocess
import sys
import threading
import time

BYTES = 1 if sys.platform == "darwin" else 1024


def run(command, log, limit):
    """Runs the command; its measures, and what its last line of JSON says. `limit` is in seconds."""
    with open(log, "w", encoding="utf-8") as out, open(f"{log}.err", "w", encoding="utf-8") as err:
        started = time.perf_counter()
        child = subprocess.Popen(command, stdout=out, stderr=err, start_new_session=True)
        over = threading.Event()
        timer = threading.Timer(limit, stop, [child, over])
        timer.start()
        _, status, used = os.wait4(child.pid, 0)
        child.returncode = os.waitstatus_to_exitcode(status)
        timer.cancel()
        wall = time.perf_counter() - started
    if over.is_set():
        return {"failed": f"over {limit} s"}
    if child.returncode != 0:
        return {"failed": f"exit code {child.returncode}, see {log}.err"}
    measures = {"wall": wall, "cpu": used.ru_utime + used.ru_stime, "rss_mb": used.ru_maxrss * BYTES / 1e6}
    return {**{name: round(value, 2) for name, value in measures.items()}, **told(log)}


def stop(child, over):
    """Ends the child and what it started."""
    over.set()
    os.killpg(child.pid, signal.SIGKILL)


def told(log):
    """The last line of standard output that is a JSON object."""
    with open(log, encoding="utf-8") as lines:
        objects = [line for line in lines if line.startswith("{") and line.rstrip().endswith("}")]
    return json.loads(objects[-1]) if objects else {}
