"""Which requests a fault of the Kling simulator applies to, and invalid faults."""

from typing import Any

import pytest

from local.simulators.core.settings import BadSettings
from local.simulators.kling.simulator import KlingSimulator
from tests.local.simulators.kling.kling_client import KlingClient, outcome


def test_fault_can_apply_to_one_video(client: KlingClient, kling: KlingSimulator) -> None:
    kling.fault(on="create", kind="code", code=1303, external_id="affected", times=2)

    responses = [outcome(client.create(name)) for name in ("other", "affected", "affected", "affected")]

    assert responses == [(200, 0), (429, 1303), (429, 1303), (200, 0)]


def test_fault_of_one_video_applies_to_queries_by_both_ids(client: KlingClient, kling: KlingSimulator) -> None:
    id = client.create("video-1").json()["data"]["task_id"]
    kling.fault(on="query", kind="code", code=5000, external_id="video-1", times=2)

    responses = [outcome(client.get(f"/v1/videos/image2video/{name}")) for name in (id, "video-1")]

    assert responses == [(500, 5000)] * 2


def test_unauthorized_request_does_not_use_up_a_fault(client: KlingClient, kling: KlingSimulator) -> None:
    kling.fault(on="create", kind="code", code=1303)

    responses = [outcome(KlingClient(kling, credential="wrong").create()), outcome(client.create())]

    assert responses == [(401, 1002), (429, 1303)]


def test_cleared_faults_have_no_effect(client: KlingClient, kling: KlingSimulator) -> None:
    kling.fault(on="create", kind="drop", times=9)

    kling.clear_faults()

    assert outcome(client.create()) == (200, 0)


@pytest.mark.parametrize(
    "fault",
    [
        {"on": "create", "kind": "explode"},
        {"on": "creation", "kind": "drop"},
        {"on": "create", "kind": "code"},
        {"on": "create", "kind": "drop", "seconds": 3},
    ],
    ids=["unknown kind", "unknown place", "missing detail", "unknown detail"],
)
def test_invalid_fault_is_rejected(kling: KlingSimulator, fault: dict[str, Any]) -> None:
    with pytest.raises(BadSettings, match=r"explode|creation|code|drop"):
        kling.fault(**fault)
