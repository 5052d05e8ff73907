"""One process, measured from outside: wall clock, processor time, peak memory.

The idea: every engine runs as a whole process, started in the same way, and the operating system says what it used.
Processor time is user and system time of the process and of the children it waited for; peak memory is the largest
resident set of any one of them.

On Linux a process begins with the memory of the one that started it, and its peak counts from there; so a process of
this file's own, which holds nothing, starts each engine and measures it.

Source: wait4(2), getrusage(2). Cost: the start of a small process, which is not counted.
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
    starter = [sys.executable, __file__, str(log), str(limit), *map(str, command)]
    found = json.loads(subprocess.run(starter, check=True, capture_output=True, text=True, encoding="utf-8").stdout)
    return found if "failed" in found else {**found, **told(log)}


def measured(command, log, limit):
    """Runs the command as a child of this process; its measures."""
    os.makedirs(os.path.dirname(log) or ".", exist_ok=True)
    with open(log, "w", encoding="utf-8") as out, open(f"{log}.err", "w", encoding="utf-8") as err:
        started = time.perf_counter()
        try:
            child = subprocess.Popen(command, stdout=out, stderr=err, start_new_session=True)
        except OSError as error:
            return {"failed": f"cannot start {os.path.basename(command[0])}: {error.strerror}"}
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
    return {name: round(value, 2) for name, value in measures.items()}


def stop(child, over):
    """Ends the child and what it started."""
    over.set()
    os.killpg(child.pid, signal.SIGKILL)


def told(log):
    """The last line of standard output that is a JSON object."""
    with open(log, encoding="utf-8") as lines:
        objects = [line for line in lines if line.startswith("{") and line.rstrip().endswith("}")]
    return json.loads(objects[-1]) if objects else {}


if __name__ == "__main__":
    print(json.dumps(measured(sys.argv[3:], sys.argv[1], float(sys.argv[2]))))
