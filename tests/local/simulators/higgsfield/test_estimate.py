"""Estimates and bills of the Higgsfield simulator."""

from typing import Any

import pytest

from local.simulators.higgsfield.models import MODELS
from local.simulators.higgsfield.simulator import HiggsfieldSimulator
from tests.local.simulators.core.clock import Clock
from tests.local.simulators.higgsfield.higgsfield_client import DOP, KLING, TEXT_WITH_RATIO, HiggsfieldClient, error

_KLING_3 = "/kling-video/v3.0/std/text-to-video"
_BY_WORDS = "/bytedance/seedance-2.5/text-to-video"


def _price(credits: str, usd: str) -> dict[str, str]:
    return {"credits": credits, "usd": usd}


@pytest.mark.parametrize(
    ("path", "fields", "price"),
    [
        ("/higgsfield-ai/dop/lite", {}, _price("2.000", "0.125")),
        (DOP, {"duration": 10}, _price("9.000", "0.563")),
        (KLING, {}, _price("3.360", "0.210")),
        (KLING, {"duration": 10}, _price("6.720", "0.420")),
        (_KLING_3, {}, _price("10.080", "0.630")),
        (_KLING_3, {"sound": "off"}, _price("6.720", "0.420")),
        (_KLING_3, {"sound": "off", "duration": 15}, _price("20.160", "1.260")),
        (TEXT_WITH_RATIO, {}, _price("11.200", "0.700")),
        (TEXT_WITH_RATIO, {"sound": "off"}, _price("5.600", "0.350")),
        ("/kling-video/v3.0-turbo/text-to-video", {"resolution": "1080p"}, _price("11.200", "0.700")),
        ("/kling-video/o3/image-reference", {"mode": "4k", "sound": "on"}, _price("33.600", "2.100")),
    ],
)
def test_estimate_returns_the_price_without_creating_a_task(
    client: HiggsfieldClient, higgsfield: HiggsfieldSimulator, path: str, fields: dict[str, Any], price: dict[str, str]
) -> None:
    response = client.create("video-1", path=f"/estimate{path}", **fields)

    assert (response.status_code, response.json()) == (200, price)
    assert (higgsfield.tasks, higgsfield.create_calls) == ([], {})


def test_estimate_shows_the_discount_of_the_account(client: HiggsfieldClient, higgsfield: HiggsfieldSimulator) -> None:
    higgsfield.configure(discount_percent=45)

    response = client.create(path=f"/estimate{_KLING_3}")

    discount = {"percentage": "45.00", **_price("4.536", "0.284")}
    assert response.json() == {"type": "estimate", **_price("5.544", "0.347"), "discount": discount}


@pytest.mark.parametrize("path", [path for path, model in MODELS.items() if model.price_words or not model.prices])
def test_model_without_a_price_in_numbers_is_estimated_in_words(
    client: HiggsfieldClient, higgsfield: HiggsfieldSimulator, path: str
) -> None:
    higgsfield.configure(discount_percent=45)

    response = client.create(path=f"/estimate/{path}", first_frame_url="https://example.com/a.jpg")

    assert (response.status_code, response.json().keys()) == (200, {"type", "pricing_description"})
    assert response.json()["type"] == "description"


def test_models_priced_by_tokens_name_the_price_of_a_second(client: HiggsfieldClient) -> None:
    words = client.create(path=f"/estimate{_BY_WORDS}").json()["pricing_description"]

    assert words == (
        "For 16:9 video without video input, your request costs roughly $0.2056 per second of generated video at 480p, "
        "$0.4622 at 720p, and $1.1372 at 1080p."
    )


@pytest.mark.parametrize("fields", [{"duration": 16}, {"multi_shots": True}, {"sound": True}])
def test_estimate_validates_like_create(client: HiggsfieldClient, fields: dict[str, Any]) -> None:
    estimated, created = (client.create(path=path, **fields) for path in (f"/estimate{_KLING_3}", _KLING_3))

    assert estimated.status_code in (400, 422)
    assert (estimated.status_code, estimated.json()) == (created.status_code, created.json())


@pytest.mark.parametrize(
    ("setting", "answer"),
    [
        ("unavailable_models", (404, "Model not found")),
        ("blocked_models", (423, "Model is temporarily blocked")),
        ("disabled_models", (503, "Model is disabled or not ready")),
    ],
)
@pytest.mark.parametrize("name", [DOP, DOP.removeprefix("/")])
def test_model_can_be_made_unavailable(
    client: HiggsfieldClient, higgsfield: HiggsfieldSimulator, setting: str, answer: tuple[int, str], name: str
) -> None:
    higgsfield.configure(**{setting: [name]})

    refused = [client.create("video-1"), client.create(path=f"/estimate{DOP}")]
    other = client.create(path="/higgsfield-ai/dop/lite")
    higgsfield.configure(**{setting: []})

    assert [error(response) for response in refused] == [answer] * 2
    assert (other.status_code, client.create("video-1").status_code) == (200, 200)


@pytest.mark.parametrize("setting", ["unavailable_models", "blocked_models", "disabled_models"])
def test_setting_of_models_must_be_a_list_of_names(higgsfield: HiggsfieldSimulator, setting: str) -> None:
    with pytest.raises(ValueError, match=setting):
        higgsfield.configure(**{setting: DOP})


def test_estimate_can_fail(client: HiggsfieldClient, higgsfield: HiggsfieldSimulator) -> None:
    higgsfield.fault(on="estimate", kind="code", status=500)

    responses = [client.create(path=f"/estimate{DOP}").status_code for _ in range(2)]

    assert responses == [500, 200]


@pytest.mark.parametrize(
    ("path", "fault", "bill"),
    [
        (_KLING_3, None, "5.544"),
        (_KLING_3, "nsfw", "0.000"),
        (_KLING_3, "task_fails", "0.000"),
        (_KLING_3, "canceled", "0.000"),
        ("/minimax/h3/text-to-video", None, None),
    ],
)
def test_request_is_charged_with_the_discount_and_refunded_if_it_fails(
    client: HiggsfieldClient,
    higgsfield: HiggsfieldSimulator,
    clock: Clock,
    path: str,
    fault: str | None,
    bill: str | None,
) -> None:
    higgsfield.configure(discount_percent=45)
    if fault:
        higgsfield.fault(on="create", kind=fault)
    client.accepted(path=path)

    clock.now += 10

    assert [task["credits"] for task in higgsfield.tasks] == [bill]


@pytest.mark.parametrize(
    ("path", "resolution", "credits"),
    [
        ("/bytedance/seedance-2.0/text-to-video", "720p", "24.192"),
        ("/bytedance/seedance-2.0/text-to-video", "1080p", "54.432"),
        ("/bytedance/seedance-2.0/text-to-video", "4k", "124.416"),
        (_BY_WORDS, "480p", "16.448"),
        (_BY_WORDS, "720p", "36.979"),
        (_BY_WORDS, "1080p", "90.979"),
    ],
)
def test_tokens_are_charged_by_the_size_that_the_vendor_delivers(
    client: HiggsfieldClient, higgsfield: HiggsfieldSimulator, path: str, resolution: str, credits: str
) -> None:
    client.accepted(path=path, resolution=resolution)

    assert [task["credits"] for task in higgsfield.tasks] == [credits]
