"""Long calls: progress, Ctrl-C, threads and processes."""

from __future__ import annotations

import multiprocessing
import signal
import sys
import threading
from collections.abc import Iterator
from typing import Any

import polars as pl
import pytest

import reknit

FIRST = ["Ana", "Bo", "Chidi", "Dolores", "Emil", "Fatima", "Goran", "Hanna", "Ines", "Jun", "Kaja"]
LAST = ["Petrova", "Lindqvist", "Okafor", "Fuentes", "Novak", "Haddad", "Horvat", "Virtanen", "Silva"]


def many(people: int) -> pl.DataFrame:
    """Two records of each of many invented people."""
    rows = []
    for n in range(people):
        first, last = FIRST[n % len(FIRST)], LAST[n // len(FIRST) % len(LAST)] + chr(97 + n % 23)
        email = f"{first}.{last}{n}@mail.example".lower()
        rows.append({"source": "crm", "id": f"{n}", "name": f"{first} {last}", "email": email})
        rows.append({"source": "shop", "id": f"{n}", "name": f"{first[0]}. {last}", "email": email.upper()})
    return pl.DataFrame(rows)


def test_progress_is_told_with_its_stage() -> None:
    seen: list[tuple[str, int, int]] = []
    reknit.resolve(many(500), progress=lambda *now: seen.append(now))
    assert seen
    for stage, done, total in seen:
        assert stage.isidentifier()
        assert 0 <= done
        assert total == 0 or done <= total


def test_what_the_progress_function_raises_comes_out() -> None:
    def boom(stage: str, done: int, total: int) -> None:
        raise ZeroDivisionError(stage)

    with pytest.raises(ZeroDivisionError):
        reknit.resolve(many(500), progress=boom)
    with pytest.raises(ZeroDivisionError):
        reknit.resolve(many(10).to_dicts(), progress=boom)


def test_false_stops() -> None:
    with pytest.raises(reknit.CancelledError) as raised:
        reknit.resolve(many(500), progress=lambda *now: False)
    assert raised.value.name == "cancelled"


def test_true_is_a_bar(capfd: pytest.CaptureFixture[str]) -> None:
    reknit.resolve(many(500), progress=True)
    assert "it/s" in capfd.readouterr().err


def test_true_without_tqdm_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "tqdm.auto", None)
    with pytest.warns(UserWarning, match="tqdm"):
        assert len(reknit.resolve(many(5), progress=True)) == 10


def test_anything_else_is_refused() -> None:
    with pytest.raises(TypeError, match="progress"):
        reknit.resolve(many(5), progress=3)  # type: ignore[call-overload]


@pytest.fixture
def interruptible() -> Iterator[None]:
    """Python's own answer to Ctrl-C, which a shell's background jobs start without."""
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    yield
    signal.signal(signal.SIGINT, before)


@pytest.mark.usefixtures("interruptible")
def test_ctrl_c_stops_a_long_call() -> None:
    inside = threading.Event()
    main = threading.main_thread().ident
    assert main is not None

    def interrupt() -> None:
        inside.wait()
        signal.pthread_kill(main, signal.SIGINT)

    thread = threading.Thread(target=interrupt)
    thread.start()
    with pytest.raises(KeyboardInterrupt):
        reknit.resolve(many(40_000), progress=lambda *now: inside.set())
        pytest.fail("the call ran to its end")
    thread.join()


def test_other_threads_run_during_a_call() -> None:
    people = many(20_000)
    started = threading.Event()
    found: list[Any] = []

    def work() -> None:
        started.set()
        found.append(reknit.resolve(people))

    pause = sys.getswitchinterval()
    # No thread is made to let go of the GIL: this one runs again only when the call lets go of it.
    sys.setswitchinterval(1000)
    try:
        worker = threading.Thread(target=work)
        worker.start()
        started.wait()
        assert worker.is_alive()
        assert not found
    finally:
        sys.setswitchinterval(pause)
        worker.join()
    assert len(found[0]) == len(people)


def test_calls_in_many_threads_agree() -> None:
    people = many(300)
    found: list[Any] = [None] * 8

    def work(place: int) -> None:
        found[place] = reknit.resolve(people)

    threads = [threading.Thread(target=work, args=(place,)) for place in range(len(found))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    expected = reknit.resolve(people)
    assert all(one.equals(expected) for one in found)


def _child(people: list[dict[str, Any]], out: Any) -> None:
    out.send([row["entity_id"] for row in reknit.resolve(people)])


@pytest.mark.skipif(sys.platform == "win32", reason="Windows cannot fork")
@pytest.mark.filterwarnings("ignore:.*fork.*:DeprecationWarning")
def test_a_forked_process_can_call() -> None:
    people = many(300).to_dicts()
    expected = [row["entity_id"] for row in reknit.resolve(people)]
    here, there = multiprocessing.Pipe()
    child = multiprocessing.get_context("fork").Process(target=_child, args=(people, there))
    child.start()
    assert here.poll(120), "the child hangs"
    assert here.recv() == expected
    child.join()
    assert child.exitcode == 0
