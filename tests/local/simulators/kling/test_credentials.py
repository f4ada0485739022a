"""Each kind of valid and invalid credential of the Kling simulator."""

from collections.abc import Iterator

import pytest
import requests

from local.simulators.kling.simulator import KlingSimulator
from tests.local.simulators.core.clock import Clock
from tests.local.simulators.kling.kling_client import (
    ACCESS_KEY,
    SECRET_KEY,
    KlingClient,
    outcome,
    simulator,
    token,
)


@pytest.fixture
def kling(clock: Clock) -> Iterator[KlingSimulator]:
    with simulator(clock=clock, finish_seconds=10) as running:
        yield running


def _legacy(credential: str, kling: KlingSimulator) -> tuple[int, int]:
    return outcome(KlingClient(kling, credential=credential).create())


def test_signed_token_is_accepted_by_the_legacy_api(kling: KlingSimulator, clock: Clock) -> None:
    now = int(clock.now)
    documented = token(iss=ACCESS_KEY, exp=now + 1800, nbf=now - 5)
    with_more = token(iss=ACCESS_KEY, exp=now + 1800, nbf=now - 5, iat=now + 60, aud="anyone", jti="1")

    assert [_legacy(credential, kling) for credential in (documented, with_more)] == [(200, 0), (200, 0)]


def test_signed_token_is_rejected_by_the_tasks_api(kling: KlingSimulator, clock: Clock) -> None:
    signed = KlingClient(kling, credential=token(iss=ACCESS_KEY, exp=int(clock.now) + 1800))

    responses = [signed.create_with_tasks_api(), signed.get("/tasks", task_ids="1"), signed.post("/tasks", {})]

    assert [outcome(response) for response in responses] == [(401, 1002)] * 3
    assert "does not support AK/SK" in responses[0].json()["message"]


def test_each_invalid_credential_has_its_own_code(kling: KlingSimulator, clock: Clock) -> None:
    now = int(clock.now)
    expected = {
        "another-api-key": 1002,
        token(iss=ACCESS_KEY, exp=now + 1800, key=SECRET_KEY[::-1]): 1002,
        token(iss="another-account", exp=now + 1800): 1002,
        token(iss=ACCESS_KEY): 1002,
        token(iss=ACCESS_KEY, exp=now + 1800, nbf=now + 60): 1003,
        token(iss=ACCESS_KEY, exp=now): 1004,
    }

    responses = {credential: _legacy(credential, kling) for credential in expected}

    assert responses == {credential: (401, code) for credential, code in expected.items()}
    assert kling.tasks == []


@pytest.mark.parametrize(("header", "code"), [(None, 1001), ("", 1001), ("Basic a2V5", 1002), ("Key x", 1002)])
def test_missing_bearer_token_has_its_own_code(kling: KlingSimulator, header: str | None, code: int) -> None:
    headers = {} if header is None else {"Authorization": header}

    response = requests.get(f"{kling.base_url}/v1/videos/image2video", headers=headers, timeout=60)

    assert outcome(response) == (401, code)
