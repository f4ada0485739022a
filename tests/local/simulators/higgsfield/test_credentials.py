"""Valid and invalid credentials of the Higgsfield simulator."""

import pytest
import requests

from local.simulators.higgsfield.simulator import HiggsfieldSimulator
from tests.local.simulators.higgsfield.higgsfield_client import (
    DOP,
    FACE,
    KEY,
    HiggsfieldClient,
    error,
)

_KEY_ID, _, _SECRET = KEY.partition(":")


def _with_headers(higgsfield: HiggsfieldSimulator, headers: dict[str, str]) -> requests.Response:
    body = {"prompt": "She smiles", "image_url": FACE}
    return requests.post(higgsfield.base_url + DOP, json=body, headers=headers, timeout=60)


@pytest.mark.parametrize(
    "headers",
    [{"Authorization": f"Key {KEY}"}, {"hf-api-key": _KEY_ID, "hf-secret": _SECRET}],
    ids=["Key", "the older pair"],
)
def test_both_forms_of_the_key_are_accepted(higgsfield: HiggsfieldSimulator, headers: dict[str, str]) -> None:
    assert _with_headers(higgsfield, headers).status_code == 200


@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"Authorization": f"Bearer {KEY}"},
        {"Authorization": KEY},
        {"Authorization": f"Key {_KEY_ID}"},
        {"Authorization": f"Key {KEY}x"},
        {"Authorization": "Key x", "hf-api-key": _KEY_ID, "hf-secret": _SECRET},
        {"hf-api-key": _KEY_ID},
        {"hf-api-key": _KEY_ID, "hf-secret": "wrong"},
    ],
)
def test_invalid_credentials_are_rejected(higgsfield: HiggsfieldSimulator, headers: dict[str, str]) -> None:
    response = _with_headers(higgsfield, headers)

    assert error(response) == (401, "Invalid credentials")
    assert (higgsfield.tasks, higgsfield.create_calls) == ([], {"": 1})


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("GET", "/requests/1/status"),
        ("POST", "/requests/1/cancel"),
        ("DELETE", "/requests/1"),
        ("POST", f"/estimate{DOP}"),
        ("POST", "/files/generate-upload-url"),
    ],
)
def test_every_endpoint_requires_the_key(higgsfield: HiggsfieldSimulator, method: str, path: str) -> None:
    unauthorized = HiggsfieldClient(higgsfield, authorization="Key some:body")

    assert error(unauthorized.request(method, path, body={})) == (401, "Invalid credentials")
