"""Faults of uploads and downloads of the Higgsfield simulator."""

from typing import Any

import pytest
import requests

from local.simulators.higgsfield.simulator import HiggsfieldSimulator
from tests.local.simulators.core.clock import Clock
from tests.local.simulators.higgsfield.higgsfield_client import FACE, HiggsfieldClient, image


def test_request_for_an_upload_url_can_be_rejected(client: HiggsfieldClient, higgsfield: HiggsfieldSimulator) -> None:
    higgsfield.fault(on="upload", kind="code", status=429)

    assert [client.offer().status_code for _ in range(2)] == [429, 200]


@pytest.mark.parametrize(("accept", "status"), [(True, 200), (False, 404)])
def test_upload_of_the_file_can_fail(
    client: HiggsfieldClient, higgsfield: HiggsfieldSimulator, *, accept: bool, status: int
) -> None:
    offer = client.offer().json()
    higgsfield.fault(on="upload_file", kind="http", status=502, accept=accept)

    put = requests.put(offer["upload_url"], data=image(), headers=offer["upload_headers"], timeout=60)

    assert (put.status_code, requests.get(offer["public_url"], timeout=60).status_code) == (502, status)


@pytest.mark.parametrize(
    ("kind", "details", "status"),
    [("expired", {}, 403), ("http", {}, 502), ("html", {}, 200), ("redirect", {"to": FACE}, 302)],
)
def test_download_can_fail(
    client: HiggsfieldClient,
    higgsfield: HiggsfieldSimulator,
    clock: Clock,
    kind: str,
    details: dict[str, Any],
    status: int,
) -> None:
    id = client.accepted("video-1")
    clock.now += 10
    link = client.link(id)
    higgsfield.fault(on="download", kind=kind, external_id="video-1", **details)

    responses = [requests.get(link, timeout=60, allow_redirects=False) for _ in range(2)]

    whole = "video/mp4"
    assert [response.status_code for response in responses] == [status, 200]
    assert (responses[0].headers.get("Content-Type") == whole, responses[1].headers["Content-Type"]) == (False, whole)
