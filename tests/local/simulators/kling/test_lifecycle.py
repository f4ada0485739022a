"""Retired, unreleased and unavailable models of the Kling simulator."""

from typing import Any

import pytest
import requests

from local.simulators.kling.models import ROWS
from local.simulators.kling.simulator import KlingSimulator
from tests.local.simulators.kling.kling_client import KlingClient, outcome

RETIRED = ["kling-v1", "kling-v1-5", "kling-v1-6", "kling-v2-master", "kling-v2-1", "kling-v2-1-master"]
WIDE = {"contents": [{"type": "prompt", "text": "Rain"}], "settings": {"aspect_ratio": "21:9"}}


def text(client: KlingClient, model: str, **changes: Any) -> requests.Response:
    return client.post("/v1/videos/text2video", {"model_name": model, "prompt": "Rain", **changes})


@pytest.mark.parametrize("model", RETIRED)
@pytest.mark.parametrize("kind", ["text2video", "image2video"])
def test_retired_model_is_refused_in_the_vendors_words(
    client: KlingClient, kling: KlingSimulator, model: str, kind: str
) -> None:
    response = client.post(f"/v1/videos/{kind}", {"model_name": model, "prompt": "Rain"})

    assert outcome(response) == (404, 1203)
    assert response.json()["message"] == f"The model '{model}' has been discontinued and is no longer available."
    assert kling.tasks == []


def test_all_retired_rows_are_listed() -> None:
    assert {row.model for row in ROWS.values() if row.state == "retired"} == set(RETIRED)


@pytest.mark.parametrize(
    ("code", "status", "expected"),
    [(1203, None, 404), (1103, None, 403), (1200, None, 400), (1201, None, 400), (1203, 400, 400)],
)
def test_code_of_a_retired_model_can_be_chosen(
    client: KlingClient, kling: KlingSimulator, code: int, status: int | None, expected: int
) -> None:
    kling.configure(retired_code=code, retired_status=status)

    response = text(client, "kling-v2-1")

    assert outcome(response) == (expected, code)
    assert "has been discontinued" in response.json()["message"]


def test_retired_model_can_be_refused_without_a_code(client: KlingClient, kling: KlingSimulator) -> None:
    kling.configure(retired_code=0, retired_status=410)

    response = text(client, "kling-v2-1")

    assert (response.status_code, response.json().keys()) == (410, {"message", "request_id"})


def test_retired_model_can_be_served_anyway(client: KlingClient, kling: KlingSimulator) -> None:
    kling.configure(extra_models=["kling-v2-1"])

    responses = [client.create(model_name="kling-v2-1"), client.create(model_name="kling-v2-1", cfg_scale=0.5)]

    assert [outcome(response) for response in responses] == [(200, 0), (400, 1201)]


def test_image_only_model_is_refused_from_text(client: KlingClient, kling: KlingSimulator) -> None:
    kling.configure(extra_models=["kling-v2-1"])

    response = text(client, "kling-v2-1")

    assert (outcome(response), response.json()["message"]) == ((400, 1201), "model is not supported")


def test_live_model_can_be_made_unavailable_while_running(client: KlingClient, kling: KlingSimulator) -> None:
    before = outcome(text(client, "kling-v2-6"))
    kling.configure(unavailable_models=["kling-v2-6"], retired_code=1103)

    response = text(client, "kling-v2-6")

    assert (before, outcome(response)) == ((200, 0), (403, 1103))
    assert "'kling-v2-6' has been discontinued" in response.json()["message"]


@pytest.mark.parametrize("model", ["kling-4.0", "kling-4.0-flash"])
def test_unreleased_model_is_served_only_on_request(client: KlingClient, kling: KlingSimulator, model: str) -> None:
    before = client.post(f"/omni-video/{model}", WIDE)
    kling.configure(extra_models=[model])

    after = client.post(f"/omni-video/{model}", WIDE)

    assert (outcome(before), outcome(after)) == ((404, 1203), (200, 0))
