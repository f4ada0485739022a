"""The program of a worker process: imports the handlers, then runs one event at a time.

`python -m local.aws.lambda_worker <file descriptor>` with one end of a socket pair. The first line on it is the setup.
With `forks`, the process serves no events. It forks a worker for each socket that it receives, so that a new worker
needs no imports, and it kills workers. Standard output stays free for the handlers' logs.
"""

import gc
import json
import os
import signal
import socket
import sys
from typing import NoReturn

from local.aws import handlers
from local.aws.handlers import Handler, HandlerMissing, Invocation, Json

# A handler that runs longer has lost its stack, which kills it at its timeout.
_ORPHANED_SECONDS = 30


def main(file_descriptor: int) -> None:
    connection = socket.socket(fileno=file_descriptor)
    setup = json.loads(connection.makefile("rb").readline() or b"null")
    if not setup:
        return
    sys.path[:] = setup["path"]
    for stream in (sys.stdout, sys.stderr):
        stream.reconfigure(line_buffering=True)  # type: ignore[union-attr]  # a killed worker loses no line
    try:
        loaded = handlers.load(setup["handlers"])
    except HandlerMissing as error:
        _send(connection, {"error": str(error)})
        return
    _send(connection, {})
    served = _forked(connection) if setup["forks"] else connection
    if served:
        _serve(served, loaded)


def _forked(control: socket.socket) -> socket.socket | None:
    """Fork a worker for each message with a socket, and kill the worker that any other message names.

    Return its socket in each worker, and None in this process when the stack has ended.
    """
    gc.freeze()  # the collector would copy the pages that workers share
    while True:
        message, sockets, _, _ = socket.recv_fds(control, 64, 1)
        if not message:
            return None
        if not sockets:
            _send(control, _killed(int(message)))
            continue
        pid = os.fork()
        if not pid:
            control.close()
            return socket.socket(fileno=sockets[0])
        os.close(sockets[0])
        _send(control, pid)


def _killed(pid: int) -> int:
    """Kill a worker that may have ended, and return its exit code, which is negative for a signal."""
    os.kill(pid, signal.SIGKILL)
    return os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])


def _serve(connection: socket.socket, loaded: dict[str, Handler]) -> None:
    for line in connection.makefile("rb"):
        invocation = Invocation(**json.loads(line))
        signal.setitimer(signal.ITIMER_REAL, invocation.timeout_seconds + _ORPHANED_SECONDS)
        try:
            result = handlers.run(loaded[invocation.handler], invocation)
        except SystemExit as error:
            _exit(error.code)
        signal.setitimer(signal.ITIMER_REAL, 0)
        _send(connection, vars(result))


def _exit(code: object) -> NoReturn:
    """Exit without Python's cleanup, which would close the connection before the exit code is known."""
    for stream in (sys.stdout, sys.stderr):
        stream.flush()
    os._exit(code if isinstance(code, int) else int(code is not None))


def _send(connection: socket.socket, message: Json) -> None:
    connection.sendall(json.dumps(message).encode() + b"\n")


if __name__ == "__main__":
    main(int(sys.argv[1]))
