"""Worker processes run handlers as Lambda does, and a crash or a timeout ends one process alone."""

import contextlib
import os
import signal
import threading
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from local.aws import worker_process
from local.aws.lambda_invoker import Function, InvocationResult, Invoker
from local.aws.runners import InProcess, WorkerProcesses
from local.aws.template import TemplateError
from tests.local.aws.test_lambda_invoker import function

NAMES = ("echo", "crash", "opaque", "facts", "process", "end_process", "hang", "say")
HTTP = "EchoFunction"
UNBOUNDED_SECONDS = 600


def functions(*, timeout_seconds: float = UNBOUNDED_SECONDS) -> list[Function]:
    return [replace(function(name), timeout_seconds=timeout_seconds if name == "hang" else 60) for name in NAMES]


def workers(**options: Any) -> WorkerProcesses:
    return WorkerProcesses(http_functions=[HTTP], size=1, **options)


@contextlib.contextmanager
def invoking(*, timeout_seconds: float = UNBOUNDED_SECONDS, **options: Any) -> Iterator[Invoker]:
    invoker = Invoker(functions(timeout_seconds=timeout_seconds), http_functions=[HTTP], runner=workers(**options))
    try:
        invoker.load()
        yield invoker
    finally:
        invoker.stop(timeout_seconds=0)


@pytest.fixture(scope="module", params=["forked", "spawned"])
def invoker(request: pytest.FixtureRequest) -> Iterator[Invoker]:
    """Both ways to start a worker, on any system that can fork; macOS uses the second."""
    if request.param == "forked" and not worker_process.CAN_FORK:
        pytest.skip("this system cannot fork safely")
    with invoking(can_fork=request.param == "forked") as invoker:
        yield invoker


@pytest.mark.parametrize(("name", "event"), [("EchoFunction", {"a": [1, None, "ü\n"]}), ("FactsFunction", {})])
def test_result_is_the_same_as_in_process(name: str, event: Any, invoker: Invoker) -> None:
    in_process = Invoker(functions(), runner=InProcess())
    in_process.load()

    assert invoker.invoke(name, event) == in_process.invoke(name, event)


@pytest.mark.parametrize(("name", "kind"), [("CrashFunction", "ZeroDivisionError"), ("OpaqueFunction", "TypeError")])
def test_exception_becomes_an_error_result_and_the_worker_stays(name: str, kind: str, invoker: Invoker) -> None:
    before = invoker.invoke("ProcessFunction", {})
    failed = invoker.invoke(name, {})
    after = invoker.invoke("ProcessFunction", {})

    assert (failed.is_error, failed.value["errorType"]) == (True, kind)
    assert before == after
    assert before.value != os.getpid()


@pytest.mark.parametrize(
    ("event", "reason"),
    [
        ({"code": 3}, "Runtime exited with error: exit status 3"),
        ({"code": 0}, "Runtime exited without providing a reason"),
        ({"signal": signal.SIGKILL}, "Runtime exited with error: signal: killed"),
        ({"signal": signal.SIGSEGV}, "Runtime exited with error: signal: segmentation fault"),
    ],
)
def test_crash_is_an_error_result_and_the_next_event_gets_a_new_worker(
    event: dict[str, int], reason: str, invoker: Invoker
) -> None:
    before = invoker.invoke("ProcessFunction", {}).value
    crashed = invoker.invoke("End_ProcessFunction", event, request_id="7")
    after = invoker.invoke("ProcessFunction", {}).value

    expected = {"errorType": "Runtime.ExitError", "errorMessage": f"RequestId: 7 Error: {reason}"}
    assert crashed == InvocationResult(value=expected, is_error=True)
    assert before != after
    assert not is_running(before)


def test_timeout_kills_the_worker_and_the_next_event_gets_a_new_one() -> None:
    with invoking(timeout_seconds=0.2) as invoker:
        before = invoker.invoke("ProcessFunction", {}).value
        result = invoker.invoke("HangFunction", {}, request_id="7")
        after = invoker.invoke("ProcessFunction", {}).value

    message = "RequestId: 7 Error: Task timed out after 0.20 seconds"
    assert result.value == {"errorType": "Sandbox.Timedout", "errorMessage": message}
    assert before != after
    assert not is_running(before)


def test_http_request_does_not_wait_for_other_events_and_stopping_ends_them() -> None:
    results: list[InvocationResult] = []
    with invoking() as invoker:
        # One runs, and one waits for the only worker.
        threads = [start(lambda: results.append(invoker.invoke("HangFunction", {}))) for _ in range(2)]
        response = invoker.invoke(HTTP, {"a": 1})
        answered = list(results)
    for thread in threads:
        thread.join()

    assert (response.value, answered) == ({"a": 1}, [])
    assert [it.is_error for it in results] == [True, True]


def test_stopping_leaves_no_process() -> None:
    with invoking() as invoker:
        process = invoker.invoke("ProcessFunction", {}).value
        assert is_running(process)

    assert not is_running(process)


def test_worker_is_started_again_after_the_process_that_forks_was_killed() -> None:
    if not worker_process.CAN_FORK:
        pytest.skip("this system cannot fork safely")
    with invoking() as invoker:
        process = invoker.invoke("ProcessFunction", {}).value
        parent = int(Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()[1])
        os.kill(parent, signal.SIGKILL)
        crashed = invoker.invoke("End_ProcessFunction", {"code": 1})
        after = invoker.invoke("ProcessFunction", {})

    assert (crashed.is_error, after.is_error) == (True, False)


def test_output_of_handlers_goes_to_the_redirected_output(tmp_path: Path) -> None:
    log = tmp_path / "run.log"
    with log.open("a") as file, contextlib.redirect_stdout(file), invoking() as invoker:
        invoker.invoke("SayFunction", {"text": "hello"})

    assert log.read_text() == "hello\n"


def test_missing_handler_is_a_template_error() -> None:
    runner = workers()
    broken = replace(function("echo"), handler="tests.local.handlers.missing")

    with pytest.raises(TemplateError, match=r"EchoFunction: cannot load the handler tests\.local\.handlers\.missing"):
        runner.load([broken])
    runner.close()


def start(work: Callable[[], None]) -> threading.Thread:
    thread = threading.Thread(target=work)
    thread.start()
    return thread


def is_running(process: int) -> bool:
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    return True
