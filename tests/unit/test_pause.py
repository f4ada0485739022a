"""The pause switch's cache, and what counts while SSM does not respond."""

from collections.abc import Iterator
from typing import Any

import pytest
from botocore.exceptions import ClientError, ConnectTimeoutError

from keepreel import aws, pause
from keepreel.errors import Paused, StoreUnavailable
from tests.unit.providers.provider_env import environment_set

UNREACHABLE = ConnectTimeoutError(endpoint_url="https://ssm.example")
REFUSED = ClientError({"Error": {"Code": "AccessDeniedException", "Message": "no"}}, "GetParameter")


class Ssm:
    def __init__(self) -> None:
        self.value: str | Exception = "no"
        self.reads = 0
        self.now = 1000.0

    def get_parameter(self, *, Name: str) -> dict[str, Any]:  # noqa: N803
        assert Name == "/keepreel/test/paused"
        self.reads += 1
        if isinstance(self.value, Exception):
            raise self.value
        return {"Parameter": {"Value": self.value}}


@pytest.fixture
def ssm(monkeypatch: pytest.MonkeyPatch) -> Iterator[Ssm]:
    fake = Ssm()
    monkeypatch.setattr(aws, "ssm", lambda: fake)
    monkeypatch.setattr("keepreel.pause.time.monotonic", lambda: fake.now)
    pause.forget()
    with environment_set(monkeypatch):
        yield fake
    pause.forget()


def test_answer_is_used_for_thirty_seconds(ssm: Ssm) -> None:
    assert not pause.is_paused()
    ssm.value = "yes"

    ssm.now += 29
    before = pause.is_paused()
    ssm.now += 1

    assert (before, pause.is_paused(), ssm.reads) == (False, True, 2)


@pytest.mark.parametrize(
    ("value", "is_paused"), [("no", False), ("yes", True), ("No ", False), ("pause", True), ("-", True)]
)
def test_every_value_but_no_pauses(value: str, *, is_paused: bool, ssm: Ssm) -> None:
    ssm.value = value

    assert pause.is_paused() == is_paused


@pytest.mark.parametrize("error", [UNREACHABLE, REFUSED], ids=["no response", "refused"])
def test_unknown_state_counts_as_paused_but_has_another_error(error: Exception, ssm: Ssm) -> None:
    ssm.value = error

    assert pause.is_paused()
    with pytest.raises(StoreUnavailable):
        pause.check()


@pytest.mark.parametrize("last", ["no", "yes"])
def test_last_answer_counts_for_a_minute_without_a_response(last: str, ssm: Ssm) -> None:
    ssm.value = last
    pause.is_paused()
    ssm.value = UNREACHABLE

    states = []
    for _ in range(6):
        ssm.now += 10
        states.append(pause.is_paused())

    assert states == [last == "yes"] * 5 + [True]


def test_failed_read_is_not_repeated_at_once(ssm: Ssm) -> None:
    pause.is_paused()
    ssm.value = UNREACHABLE
    ssm.now += 30

    for _ in range(4):
        pause.is_paused()
        ssm.now += 1

    assert ssm.reads == 2


def test_check_raises_only_while_paused(ssm: Ssm) -> None:
    pause.check()
    ssm.value = "yes"
    pause.forget()

    with pytest.raises(Paused, match="Nothing was charged"):
        pause.check()
