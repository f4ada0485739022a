"""What a video cost: the provider's bill or the account's price on the record, and the sums of each day."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from keepreel import aws, metrics
from keepreel.db import video_records
from keepreel.db.request_items import AccountPrice
from keepreel.db.tables import Video
from keepreel.errors import Unreachable
from keepreel.models import catalog
from keepreel.providers import registry
from keepreel.providers.base import Bill, Job, TaskState
from keepreel.providers.task_status import TaskStatus
from keepreel.settings import settings
from keepreel.workflow import account_prices, daily_costs
from local.simulators.higgsfield.simulator import HiggsfieldSimulator
from local.simulators.kling.simulator import KlingSimulator
from local.stack import Stack
from local.tools import costs
from tests.workflow_driver import create_video, create_video_from_upload, facts, now, run, step

MODEL = "higgsfield-dop-lite"


@pytest.fixture(autouse=True)
def _forget_prices() -> None:
    account_prices._asked.clear()
    for price in AccountPrice.scan(AccountPrice.key.startswith("price#")):
        price.delete()


def sums_of(model: str) -> dict[str, float]:
    """Return today's sums of a model."""
    key = {"key": {"S": f"{daily_costs.PREFIX}{datetime.now(UTC).date().isoformat()}"}}
    item = aws.dynamodb_client().get_item(TableName=settings().requests_table, Key=key).get("Item", {})
    return {name.split("|")[1]: float(it["N"]) for name, it in item.items() if name.startswith(f"{model}|")}


def difference(after: dict[str, float], before: dict[str, float]) -> dict[str, float]:
    return {name: round(it - before.get(name, 0), 4) for name, it in after.items() if it != before.get(name)}


def test_bill_of_the_provider_is_on_the_record_and_in_the_sums_of_the_day(kling: KlingSimulator) -> None:
    video = create_video(model="kling-3.0", duration_seconds=5)
    before = sums_of("kling-3.0")

    record = run(video)

    assert facts(record, "status", "actual_cost_usd", "billed_as") == ("completed", 0.42, {"cash_usd": 0.42})
    assert difference(sums_of("kling-3.0"), before) == {"videos": 1, "estimated_cents": 42, "billed_cents": 42}


def test_completed_video_emits_a_pair_of_metrics(kling: KlingSimulator, monkeypatch: pytest.MonkeyPatch) -> None:
    emitted: list[tuple[str, float, str]] = []
    monkeypatch.setattr(metrics, "count", lambda name, value, *, model: emitted.append((name, value, model)))

    run(create_video(model="kling-3.0", duration_seconds=5))

    assert emitted == [("EstimatedCents", 42.0, "kling-3.0"), ("BilledCents", 42.0, "kling-3.0")]


def test_second_save_is_not_counted_again(kling: KlingSimulator) -> None:
    video = create_video(model="kling-3.0")
    run(video)
    before = sums_of("kling-3.0")

    assert step("saving", video) == "completed"

    assert sums_of("kling-3.0") == before


def test_two_saves_at_once_are_counted_once(kling: KlingSimulator, monkeypatch: pytest.MonkeyPatch) -> None:
    video = create_video(model="kling-3.0", duration_seconds=5)
    before = sums_of("kling-3.0")
    assert (step("queued", video), step("processing", video)) == ("processing", "saving")
    close = video_records.close

    def close_after_another_save(*args: Any, **kwargs: Any) -> None:
        monkeypatch.setattr(video_records, "close", close)
        assert step("saving", video) == "completed"
        close(*args, **kwargs)

    monkeypatch.setattr(video_records, "close", close_after_another_save)

    step("saving", video)

    assert difference(sums_of("kling-3.0"), before) == {"videos": 1, "estimated_cents": 42, "billed_cents": 42}


def test_bill_in_yuan_is_stored_as_billed_and_counted_apart(
    kling: KlingSimulator, monkeypatch: pytest.MonkeyPatch
) -> None:
    video = create_video(model="kling-3.0")
    poll = registry.adapter("kling").poll

    def in_yuan(job: Any) -> TaskState:
        state = poll(job)
        bill = Bill(usd=None, billed_as={"cash_cny": 3}) if state.status == TaskStatus.SUCCEEDED else None
        return TaskState(status=state.status, video_url=state.video_url, bill=bill)

    monkeypatch.setattr(registry.adapter("kling"), "poll", in_yuan)
    before = sums_of("kling-3.0")

    record = run(video)

    assert facts(record, "actual_cost_usd", "billed_as") == (None, {"cash_cny": 3})
    assert difference(sums_of("kling-3.0"), before) == {"unbilled_videos": 1}


def test_charged_failure_has_its_bill(kling: KlingSimulator, monkeypatch: pytest.MonkeyPatch) -> None:
    video = create_video(model="kling-3.0")
    step("queued", video)
    bill = Bill(usd=0.14, billed_as={"units": 1})
    monkeypatch.setattr(registry.adapter("kling"), "poll", lambda _job: TaskState(status=TaskStatus.FAILED, bill=bill))

    record = run(video, status="processing")

    assert facts(record, "status", "actual_cost_usd", "billed_as") == ("failed", 0.14, {"units": 1})


def test_price_of_the_account_is_the_cost_and_is_asked_for_once(
    higgsfield: HiggsfieldSimulator, picture: bytes, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[Job] = []
    estimate = registry.adapter("higgsfield").estimate

    def count_and_ask(job: Job) -> Bill | None:
        asked.append(job)
        return estimate(job)

    monkeypatch.setattr(registry.adapter("higgsfield"), "estimate", count_and_ask)

    records = [run(create_video_from_upload(picture, model=MODEL)) for _ in range(2)]

    assert [facts(it, "status", "actual_cost_usd", "billed_as") for it in records] == [
        ("completed", 0.125, {"credits": 2.0})
    ] * 2
    assert len(asked) == 1


@pytest.mark.parametrize("answer", [None, Unreachable("no response")], ids=["no number", "no response"])
def test_video_without_a_known_price_is_completed(
    answer: Unreachable | None, higgsfield: HiggsfieldSimulator, picture: bytes, monkeypatch: pytest.MonkeyPatch
) -> None:
    def estimate(_job: object) -> None:
        if answer is not None:
            raise answer

    monkeypatch.setattr(registry.adapter("higgsfield"), "estimate", estimate)

    record = run(create_video_from_upload(picture, model=MODEL))

    assert facts(record, "status", "actual_cost_usd", "billed_as") == ("completed", None, None)


def test_failure_that_is_free_costs_nothing(higgsfield: HiggsfieldSimulator, picture: bytes) -> None:
    video = create_video_from_upload(picture, model=MODEL)
    higgsfield.fault(on="create", kind="task_fails", external_id=video.video_id)

    record = run(video)

    assert facts(record, "status", "is_uncharged", "actual_cost_usd") == ("failed", True, 0)


def test_known_price_of_the_account_is_the_estimate_of_equal_requests(
    higgsfield: HiggsfieldSimulator, picture: bytes
) -> None:
    video: Video = create_video_from_upload(picture, model=MODEL)
    values = account_prices._values(video)
    assert account_prices.cents(catalog.models()[MODEL], values) is None

    run(video)

    assert now(video).actual_cost_usd == 0.125
    assert account_prices.cents(catalog.models()[MODEL], values) == 13
    assert account_prices.cents(catalog.models()[MODEL], {**values, "end_image": True}) is None


def test_next_request_is_estimated_at_the_price_of_the_account(
    higgsfield: HiggsfieldSimulator, picture: bytes, monkeypatch: pytest.MonkeyPatch
) -> None:
    def discounted(_job: object) -> Bill:
        return Bill(usd=0.0625, billed_as={"credits": 1})

    monkeypatch.setattr(registry.adapter("higgsfield"), "estimate", discounted)

    first = run(create_video_from_upload(picture, model=MODEL))
    second = create_video_from_upload(picture, model=MODEL)

    assert facts(first, "estimated_cost_cents", "actual_cost_usd") == (13, 0.0625)
    assert second.estimated_cost_cents == 7


@pytest.mark.parametrize("when", [-1, 1], ids=["expired", "valid"])
def test_price_is_not_used_after_a_day(when: int, picture: bytes, higgsfield: HiggsfieldSimulator) -> None:
    video = create_video_from_upload(picture, model=MODEL)
    values, model = account_prices._values(video), catalog.models()[MODEL]
    expires_at = datetime.now(UTC) + timedelta(minutes=when)
    AccountPrice(key=account_prices._key(MODEL, values), usd=0.05, expires_at=expires_at).save()

    assert account_prices.cents(model, values) == (5 if when > 0 else None)


def test_report_compares_estimate_and_bill_of_each_model_and_day(stack: Stack) -> None:
    client, table = aws.dynamodb_client(), settings().requests_table
    numbers = {
        "kling-2.6|videos": "2",
        "kling-2.6|estimated_cents": "84",
        "kling-2.6|billed_cents": "42.5",
        "kling-3.0|unbilled_videos": "1",
    }
    item = {name: {"N": value} for name, value in numbers.items()}
    client.put_item(TableName=table, Item={"key": {"S": "costs#2001-02-03"}, **item})

    report = costs.report(client, table, days=3, today=date(2001, 2, 4))

    assert report.splitlines()[2:] == [
        "| 2001-02-03 | kling-2.6 | 2 | 0.84 | 0.4250 | -49% | 0 |",
        "| 2001-02-03 | kling-3.0 | 0 | 0.00 | 0.0000 | | 1 |",
    ]


@pytest.mark.parametrize("usd", [0, -1, 0.0001, 1e6])
def test_price_far_from_the_list_price_is_not_used(usd: float, picture: bytes, higgsfield: HiggsfieldSimulator) -> None:
    first = run(create_video_from_upload(picture))
    (price,) = AccountPrice.scan(AccountPrice.key.startswith("price#"))
    price.update(actions=[AccountPrice.usd.set(usd)])

    second = create_video_from_upload(picture)

    assert second.estimated_cost_cents == first.estimated_cost_cents > 0
