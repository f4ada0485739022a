"""The address that the stack's servers listen on, and the one under which they are reached."""

import socket

LOOPBACK = "127.0.0.1"
EVERYWHERE = "0.0.0.0"  # noqa: S104  # only if the user asks for it

_bound = LOOPBACK


def listen_on(address: str) -> None:
    """Let servers that are made from now on listen on this address: LOOPBACK or EVERYWHERE."""
    global _bound  # a process runs one stack at a time
    _bound = address


def bound() -> str:
    return _bound


def name() -> str:
    """Return the address for URLs: this machine's own one if the servers listen everywhere."""
    return _own_address() if _bound == EVERYWHERE else LOOPBACK


def _own_address() -> str:
    """Return the address of the network interface that leads out, or LOOPBACK without a network."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        try:
            probe.connect(("192.0.2.1", 9))  # selects an interface; nothing is sent
        except OSError:
            return LOOPBACK
        return str(probe.getsockname()[0])
