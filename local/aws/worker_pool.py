"""A fixed number of worker processes that run one event at a time each; a crash or a timeout ends a worker."""

import signal
import sys
import threading
from collections.abc import Callable

from local.aws.handlers import Invocation, InvocationResult
from local.aws.worker_process import Worker, WorkerEnded


class Closed(Exception):
    """The stack is stopping and runs no more events."""


class WorkerPool:
    """Worker processes for one kind of event. `start` starts one, and may take as long as importing the handlers."""

    def __init__(self, start: Callable[[], Worker], *, size: int) -> None:
        self._start = start
        self._size = size
        self._changed = threading.Condition()
        self._idle: list[Worker | None] = []  # None for a worker that could not be started; `run` tries again
        self._busy: set[Worker] = set()
        self._starting: set[threading.Thread] = set()
        self._is_closed = False

    def open(self) -> None:
        """Start all workers in the background."""
        for _ in range(self._size):
            self._add()

    def run(self, invocation: Invocation) -> InvocationResult:
        """Run an event in the first idle worker. Raises Closed, and any error of starting a worker."""
        worker = self._taken()
        try:
            answer = worker.ask(vars(invocation), timeout_seconds=invocation.timeout_seconds)
        except TimeoutError:
            self._replace(worker)
            return _timed_out(invocation)
        except WorkerEnded:
            exit_code = self._replace(worker)
            if self._is_closed:
                raise Closed from None
            return _exited(invocation, exit_code=exit_code)
        self._give_back(worker)
        return InvocationResult(**answer)

    def close(self) -> None:
        """Kill all workers. Threads that wait in `run` return at once."""
        with self._changed:
            self._is_closed = True
            idle, self._idle = self._idle, []
            starting, busy = list(self._starting), list(self._busy)
            self._changed.notify_all()
        for worker in busy:
            worker.kill()  # the thread in `run` closes it
        for worker in filter(None, idle):
            worker.close()
        for thread in starting:
            thread.join()

    def _taken(self) -> Worker:
        """Return an idle worker, the last one that became idle, because its clients exist already."""
        with self._changed:
            self._changed.wait_for(lambda: self._idle or self._is_closed)
            if self._is_closed:
                raise Closed
            worker = self._idle.pop()
            if worker:
                self._busy.add(worker)
                return worker
        try:
            worker = self._start()
        except BaseException:
            self._give_back(None)
            raise
        with self._changed:
            self._busy.add(worker)
        return worker

    def _give_back(self, worker: Worker | None) -> None:
        with self._changed:
            self._busy -= {worker}
            if not self._is_closed:
                self._idle.append(worker)
                self._changed.notify()
                return
        if worker:
            worker.close()

    def _replace(self, worker: Worker) -> int:
        """Kill a worker, start another one ahead of the next event, and return the exit code."""
        exit_code = worker.kill()
        worker.close()
        with self._changed:
            self._busy.discard(worker)
        self._add()
        return exit_code

    def _add(self) -> None:
        thread = threading.Thread(target=self._start_one, daemon=True)
        with self._changed:
            if not self._is_closed:
                self._starting.add(thread)
                thread.start()

    def _start_one(self) -> None:
        worker = None
        try:
            worker = self._start()
        except Exception as error:  # noqa: BLE001  # a later event tries again, and gets the error
            print(f"a worker process cannot start: {error!r}", file=sys.stderr, flush=True)
        self._give_back(worker)
        with self._changed:
            self._starting.discard(threading.current_thread())


def _timed_out(invocation: Invocation) -> InvocationResult:
    return _failed(invocation, "Sandbox.Timedout", f"Task timed out after {invocation.timeout_seconds:.2f} seconds")


def _exited(invocation: Invocation, *, exit_code: int) -> InvocationResult:
    """Lambda's error for a runtime that has ended, as after `sys.exit` or when the kernel killed it."""
    if exit_code == 0:
        reason = "Runtime exited without providing a reason"
    elif exit_code > 0:
        reason = f"Runtime exited with error: exit status {exit_code}"
    else:
        reason = f"Runtime exited with error: signal: {(signal.strsignal(-exit_code) or str(-exit_code)).lower()}"
    return _failed(invocation, "Runtime.ExitError", reason)


def _failed(invocation: Invocation, kind: str, reason: str) -> InvocationResult:
    print(f"{invocation.request_id} {invocation.function_name} {reason}", file=sys.stderr, flush=True)
    text = f"RequestId: {invocation.request_id} Error: {reason}"
    return InvocationResult(value={"errorType": kind, "errorMessage": text}, is_error=True)
