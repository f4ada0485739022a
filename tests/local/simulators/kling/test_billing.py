"""Prices by option, and bills in cash, units or both."""

from typing import Any

import pytest

from local.simulators.kling.simulator import KlingSimulator
from tests.local.simulators.kling.kling_client import KlingClient

FRAME = {"type": "first_frame", "url": "https://files.example.com/first.png"}
VOICE = {"type": "voice", "voice_id": "v1"}
VIDEO = {"type": "base_video", "url": "https://files.example.com/walk.mp4"}
FULL = {"resolution": "1080p"}
PRICES: dict[str, tuple[str, list[dict[str, Any]], dict[str, Any], str]] = {
    "3.0": ("text-to-video/kling-3.0", [], {}, "0.42"),
    "3.0 with sound": ("text-to-video/kling-3.0", [], {"audio": "native"}, "0.63"),
    "3.0 at 4k": ("text-to-video/kling-3.0", [], {"resolution": "4k"}, "2.1"),
    "3.0 for 15 s at 1080p": ("text-to-video/kling-3.0", [], {**FULL, "duration": 15}, "1.68"),
    "3.0 turbo": ("text-to-video/kling-3.0-turbo", [], {}, "0.56"),
    "2.6 at 1080p": ("image-to-video/kling-2.6", [FRAME], FULL, "0.35"),
    "2.6 with sound": ("image-to-video/kling-2.6", [FRAME], {**FULL, "audio": "native"}, "0.7"),
    "2.6 with a voice": ("image-to-video/kling-2.6", [FRAME, VOICE], {**FULL, "audio": "native"}, "0.84"),
    "2.5 turbo": ("image-to-video/kling-2.5-turbo", [FRAME], {}, "0.21"),
    "omni with sound": ("omni-video/kling-3.0-omni", [FRAME], {"audio": "native"}, "0.56"),
    "omni with a video": ("omni-video/kling-3.0-omni", [VIDEO], {}, "0.63"),
    "o1 with a video": ("omni-video/kling-o1", [VIDEO], FULL, "0.84"),
}


def bill(client: KlingClient, path: str, contents: list[dict[str, Any]], settings: dict[str, Any]) -> Any:
    prompt = {"type": "prompt", "text": "Rain"}
    body = {"contents": [prompt, *contents]} if contents else {"prompt": "Rain"}
    id = client.post(f"/{path}", {**body, "settings": settings}).json()["data"]["id"]
    return client.get("/tasks", task_ids=id).json()["data"][0]["billing"]


@pytest.mark.parametrize("what", PRICES)
def test_price_follows_the_options(client: KlingClient, what: str) -> None:
    path, contents, settings, usd = PRICES[what]

    (entry,) = bill(client, path, contents, settings)

    assert (entry["charge_type"], entry["currency"], entry["amount"], entry["list_price"]) == ("cash", "USD", usd, usd)


@pytest.mark.parametrize(
    ("billing", "expected"),
    [
        ("units", [("unit", "3", None)]),
        ("split", [("unit", "1.5", None), ("cash", "0.21", "USD")]),
        ("test_balance", [("cash", "3", "CNY")]),
    ],
)
def test_bill_can_be_paid_in_other_ways(
    client: KlingClient, kling: KlingSimulator, billing: str, expected: list[tuple[str, str, str | None]]
) -> None:
    kling.configure(billing=billing)

    entries = bill(client, "text-to-video/kling-3.0", [], {})

    assert [(it["charge_type"], it["amount"], it.get("currency")) for it in entries] == expected


@pytest.mark.parametrize(
    ("billing", "expected"),
    [
        ("cash", {"final_unit_deduction": "0", "final_balance_deduction": {"quota": "0.21", "list_price": "0.21"}}),
        ("units", {"final_unit_deduction": "1.5"}),
        (
            "split",
            {"final_unit_deduction": "0.75", "final_balance_deduction": {"quota": "0.105", "list_price": "0.105"}},
        ),
    ],
)
def test_legacy_bill(client: KlingClient, kling: KlingSimulator, billing: str, expected: dict[str, Any]) -> None:
    kling.configure(billing=billing)
    client.create("video-1")

    task = client.get("/v1/videos/image2video/video-1").json()["data"]

    assert {name: value for name, value in task.items() if name.startswith("final_")} == expected


def test_failed_task_costs_nothing(client: KlingClient, kling: KlingSimulator) -> None:
    kling.fault(on="create", kind="task_fails")

    assert bill(client, "text-to-video/kling-3.0", [], {}) == []


def test_ledger_counts_down_the_balance(client: KlingClient, kling: KlingSimulator) -> None:
    for number in range(3):
        client.create(f"video-{number}")

    first = client.post("/account/billing/balance", {"limit": 2}).json()["data"]
    rest = client.post("/account/billing/balance", {"limit": 2, "cursor": first["next_cursor"]}).json()["data"]

    rows = [*first["result"]["detail"], *rest["result"]["detail"]]
    assert [row["balance_after_deduction"] for row in rows] == [999.37, 999.58, 999.79]
    assert (first["has_more"], rest["has_more"]) == (True, False)


@pytest.mark.parametrize("body", [{"limit": 0}, {"cursor": "x"}, {"filters": [{"key": "color"}]}, {"start_time": []}])
def test_invalid_ledger_request_is_refused(client: KlingClient, body: dict[str, Any]) -> None:
    response = client.post("/account/billing/package", body)

    assert (response.status_code, response.json()["code"]) == (400, 1201)
