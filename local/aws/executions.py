"""Step Functions executions inside moto: list the running ones, stop them, and wait for their threads."""

import time
from typing import Any

from moto.stepfunctions.parser.models import stepfunctions_parser_backends
from moto.stepfunctions.parser.utils import TMP_THREADS

_STOP_SECONDS = 10


def running() -> list[Any]:
    backends = [backend for account in stepfunctions_parser_backends.values() for backend in account.values()]
    machines: list[Any] = [machine for backend in backends for machine in backend.state_machines]
    return [it for machine in machines for it in list(machine.executions) if it.exec_status == "RUNNING"]


def stop() -> None:
    for execution in running():
        worker = execution.exec_worker
        if worker and worker.env:
            worker.stop(stop_date=execution.start_date, error=None, cause="the local stack stopped")


def join() -> None:
    """Stop executions until all threads have ended. While a thread reads its definition, it cannot be stopped yet."""
    deadline = time.monotonic() + _STOP_SECONDS
    while any(thread.is_alive() for thread in TMP_THREADS) and time.monotonic() < deadline:
        stop()
        for thread in list(TMP_THREADS):
            thread.join(0.02)
    TMP_THREADS.clear()
