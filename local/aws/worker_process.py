"""Start and end worker processes, and exchange events and results with them."""

import json
import os
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Mapping
from typing import Any, TextIO

from local.aws.handlers import HandlerMissing, Json
from local.paths import ROOT

# A fork of a process that has used macOS's frameworks may crash, so each worker starts on its own there.
CAN_FORK = sys.platform == "linux"

_START_SECONDS = 120  # a loaded machine needs seconds to import the handlers


class WorkerEnded(Exception):
    """The process has closed its connection: it crashed, exited or was killed."""


class Worker:
    """A process that runs one event at a time. `kill` ends it and returns its exit code, negative for a signal."""

    def __init__(self, channel: "Channel", *, kill: Callable[[], int]) -> None:
        self._channel = channel
        self._kill = kill
        self._lock = threading.Lock()
        self._exit_code: int | None = None

    def ask(self, message: Json, *, timeout_seconds: float) -> Json:
        """Send an event and return the result. Raises TimeoutError and WorkerEnded; the worker is then unusable."""
        return self._channel.ask(message, timeout_seconds=timeout_seconds)

    def kill(self) -> int:
        """End the process. A thread that waits in `ask` gets WorkerEnded."""
        with self._lock:
            if self._exit_code is None:
                self._exit_code = self._kill()
            return self._exit_code

    def close(self) -> None:
        """Close the connection, when no thread uses it."""
        self.kill()
        self._channel.close()


class Channel:
    """Our end of a process's socket pair: one JSON line there, one back."""

    def __init__(self, connection: socket.socket) -> None:
        self._connection = connection

    def ask(self, message: Json, *, timeout_seconds: float, sockets: tuple[socket.socket, ...] = ()) -> Json:
        """Return the answer to a message, which must be a number if sockets go with it."""
        line = json.dumps(message).encode() + b"\n"
        deadline = time.monotonic() + timeout_seconds
        try:
            self._connection.settimeout(timeout_seconds)
            if sockets:
                socket.send_fds(self._connection, [line], [it.fileno() for it in sockets])
            else:
                self._connection.sendall(line)
            return json.loads(self._line(deadline))
        except (BrokenPipeError, ConnectionResetError) as error:
            raise WorkerEnded from error

    def close(self) -> None:
        self._connection.close()

    def _line(self, deadline: float) -> bytes:
        received = bytearray()
        while not received.endswith(b"\n"):
            if (left := deadline - time.monotonic()) <= 0:
                raise TimeoutError
            self._connection.settimeout(left)
            if not (data := self._connection.recv(1 << 16)):
                raise WorkerEnded
            received += data
        return bytes(received)


class Spawner:
    """Starts each worker as a program of its own, which imports the handlers first: half a second of CPU."""

    def __init__(self, handlers: Mapping[str, str]) -> None:
        self._handlers = dict(handlers)

    def prepare(self) -> None:
        """Do nothing: `start` takes the time."""

    def start(self) -> Worker:
        """Start a worker and wait until it has imported the handlers. Raises HandlerMissing and WorkerEnded."""
        process, channel = _program(self._handlers, forks=False)
        return Worker(channel, kill=lambda: _end(process))

    def close(self) -> None:
        """Do nothing: the workers are the only processes."""


class Forker:
    """Starts workers as forks of one process without threads that has imported the handlers: milliseconds each."""

    def __init__(self, handlers: Mapping[str, str]) -> None:
        self._handlers = dict(handlers)
        self._lock = threading.Lock()
        self._parent: tuple[subprocess.Popen[bytes], Channel] | None = None

    def prepare(self) -> None:
        """Start the parent process and wait until it has imported the handlers. Raises HandlerMissing."""
        with self._lock:
            self._parent = _program(self._handlers, forks=True)

    def start(self) -> Worker:
        """Fork a worker, from a new parent process if it has ended. Raises WorkerEnded if that one ends, too."""
        ours, theirs = socket.socketpair()
        try:
            with theirs, self._lock:
                pid = self._forked(theirs)
        except BaseException:
            ours.close()
            raise
        return Worker(Channel(ours), kill=lambda: self._killed(pid))

    def close(self) -> None:
        """End the parent process, after its workers."""
        with self._lock:
            self._end_parent()

    def _forked(self, theirs: socket.socket) -> int:
        try:
            return self._ask(0, sockets=(theirs,))
        except (WorkerEnded, TimeoutError):  # the parent process was killed, for example because memory is short
            self._end_parent()
            return self._ask(0, sockets=(theirs,))

    def _killed(self, pid: int) -> int:
        with self._lock:
            try:
                return self._ask(pid)
            except (WorkerEnded, TimeoutError):
                self._end_parent()
                return -signal.SIGKILL

    def _ask(self, message: int, *, sockets: tuple[socket.socket, ...] = ()) -> int:
        if self._parent is None:
            self._parent = _program(self._handlers, forks=True)
        return int(self._parent[1].ask(message, timeout_seconds=_START_SECONDS, sockets=sockets))

    def _end_parent(self) -> None:
        if self._parent:
            process, channel = self._parent
            self._parent = None
            _end(process)
            channel.close()


def _program(handlers: Mapping[str, str], *, forks: bool) -> tuple[subprocess.Popen[bytes], Channel]:
    """Start `lambda_worker` and wait until it has imported the handlers."""
    ours, theirs = socket.socketpair()
    channel = Channel(ours)
    with theirs:
        process = subprocess.Popen(
            [sys.executable, "-m", "local.aws.lambda_worker", str(theirs.fileno())],
            cwd=ROOT,
            pass_fds=[theirs.fileno()],
            stdin=subprocess.DEVNULL,
            stdout=_file(sys.stdout),
            stderr=_file(sys.stderr),
            process_group=0,  # Ctrl-C goes to the stack alone, which ends its workers
        )
    setup = {"path": [it or os.getcwd() for it in sys.path], "handlers": dict(handlers), "forks": forks}  # noqa: PTH109
    try:
        answer: dict[str, Any] = channel.ask(setup, timeout_seconds=_START_SECONDS)
        if "error" in answer:
            raise HandlerMissing(answer["error"])
    except BaseException:
        _end(process)
        channel.close()
        raise
    return process, channel


def _end(process: subprocess.Popen[bytes]) -> int:
    process.kill()
    return process.wait()


def _file(stream: TextIO) -> int | None:
    """Return the file of a redirected stream; None, for ours, if the stream has none."""
    try:
        return stream.fileno()
    except (AttributeError, OSError, ValueError):
        return None
