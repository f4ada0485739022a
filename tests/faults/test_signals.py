"""A driven fault emits the metric of each alarm, with the dimensions that the alarm watches."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from keepreel.db import video_records
from keepreel.db.status import Status
from keepreel.db.tables import Video
from keepreel.dispatch import backlog
from keepreel.errors import BadSignature, StoreUnavailable
from keepreel.workflow import callback_urls, callbacks, credentials, fail
from local.simulators.higgsfield.simulator import HiggsfieldSimulator
from local.simulators.kling.simulator import KlingSimulator
from local.tools import check_template
from tests.aws_faults import aws_faults
from tests.faults.test_unreadable_uploads import refuses_uploads
from tests.workflow_driver import create_video, create_video_from_upload, facts, now, quotas_used, run, step

Emitted = Callable[[], list[dict[str, Any]]]
ALARMS = {
    name: it["Properties"]
    for name, it in check_template.source()["Resources"].items()
    if it["Type"] == "AWS::CloudWatch::Alarm"
}
OUTAGE: dict[str, Any] = {"on": "create", "kind": "http", "status": 502}
PICTURE = "https://example.com/portrait.jpg"


@pytest.fixture
def emitted(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Emitted:
    """Return the metrics that were written to the log since the last call, as CloudWatch reads them."""
    monkeypatch.delenv("POWERTOOLS_METRICS_DISABLED", raising=False)
    monkeypatch.setenv("POWERTOOLS_SERVICE_NAME", "keepreel-${Stage}")

    def read() -> list[dict[str, Any]]:
        lines = (json.loads(line) for line in capsys.readouterr().out.splitlines() if '"_aws"' in line)
        return [metric for line in lines for metric in _metrics(line)]

    return read


def _metrics(line: dict[str, Any]) -> list[dict[str, Any]]:
    (directive,) = line["_aws"]["CloudWatchMetrics"]
    (names,) = directive["Dimensions"]
    dimensions = {name: line[name] for name in names}
    return [
        {"namespace": directive["Namespace"], "name": it["Name"], "value": line[it["Name"]], "dimensions": dimensions}
        for it in directive["Metrics"]
    ]


def values(emitted: Emitted, alarm: str) -> list[float]:
    """Return the values that one of the alarm's metrics has got, the last of its metrics that has any."""
    properties, found = ALARMS[alarm], emitted()
    watched = [it["MetricStat"]["Metric"] for it in properties.get("Metrics", []) if "MetricStat" in it] or [properties]
    series = [[it["value"][0] for it in found if _is_of(it, metric)] for metric in watched]
    assert any(series), f"{alarm} watches none of {found}"
    return next(filter(None, reversed(series)))


def _is_of(found: dict[str, Any], metric: dict[str, Any]) -> bool:
    dimensions = {it["Name"]: _text(it["Value"]) for it in metric["Dimensions"]}
    return (found["namespace"], found["name"], found["dimensions"]) == (
        metric["Namespace"],
        metric["MetricName"],
        dimensions,
    )


def _text(value: Any) -> str:
    return str(value["Fn::Sub"]) if isinstance(value, dict) else str(value)


def test_kling_that_does_not_answer(kling: KlingSimulator, emitted: Emitted) -> None:
    video = create_video()
    kling.fault(**OUTAGE, external_id=video.video_id)

    step("queued", video)

    assert values(emitted, "KlingUnreachableAlarm") == [1]
    kling.fault(on="query", kind="drop", external_id=video.video_id)
    step("queued", video)  # looks it up
    assert values(emitted, "KlingUnreachableAlarm") == [1]
    step("queued", video)
    assert values(emitted, "KlingUnreachableAlarm") == [0]


def test_higgsfield_that_does_not_answer(higgsfield: HiggsfieldSimulator, emitted: Emitted) -> None:
    video = create_video(model="higgsfield-dop-lite", source_image=PICTURE)
    higgsfield.fault(**OUTAGE, external_id=video.video_id)

    step("queued", video)

    assert values(emitted, "HiggsfieldUnreachableAlarm") == [1]


@pytest.mark.parametrize("status", [401, 402, 403])
def test_higgsfield_without_credit_or_key_fails_uncharged_and_rings(
    status: int, higgsfield: HiggsfieldSimulator, emitted: Emitted
) -> None:
    video = create_video(model="higgsfield-dop-lite", source_image=PICTURE)
    higgsfield.fault(on="create", kind="code", times=2, external_id=video.video_id, status=status, detail="No")

    record = run(video)

    assert values(emitted, "HiggsfieldAccountAlarm") == [1]
    assert facts(record, "status", "error_code") == ("failed", "provider_error")
    assert "Nothing was charged" in record.error_message
    assert quotas_used(video) == (0, 0, 0)


def test_credit_that_is_used_up_while_a_video_is_generated_keeps_the_video(
    higgsfield: HiggsfieldSimulator, emitted: Emitted
) -> None:
    video = create_video(model="higgsfield-dop-lite", source_image=PICTURE)
    step("queued", video)
    higgsfield.fault(on="query", kind="code", external_id=video.video_id, status=402, detail="Payment required")

    step("processing", video)

    assert values(emitted, "HiggsfieldAccountAlarm") == [1]
    assert now(video).error_code is None
    assert run(video, status="processing").status == "completed"


def test_waiting_videos(emitted: Emitted) -> None:
    create_video()

    backlog.report(deadline=float("inf"))

    (seconds,) = values(emitted, "WaitingAlarm")
    assert 0 <= seconds < 3600


def test_delayed_videos(emitted: Emitted) -> None:
    video_records.transition(create_video(), to=Status.DELAYED)

    assert values(emitted, "DelayedAlarm") == [1]


def test_failed_videos(emitted: Emitted) -> None:
    video = create_video()
    video.update(actions=[Video.error_code.set("storage_failed"), Video.error_message.set("It failed.")])

    fail.fail(now(video), cause=None)

    assert values(emitted, "FailedVideosAlarm") == [1]


def test_upload_that_s3_refuses(picture: bytes, higgsfield: HiggsfieldSimulator, emitted: Emitted) -> None:
    video = create_video_from_upload(picture)

    with aws_faults(at_request=refuses_uploads), pytest.raises(StoreUnavailable):
        step("queued", video)

    assert values(emitted, "UploadAlarm") == [1]


def test_spend(emitted: Emitted) -> None:
    video = create_video(model="kling-3.0", duration_seconds=5)

    found = emitted()
    assert values(lambda: found, "SpendAlarm") == [float(video.estimated_cost_cents)]
    assert [it["value"] for it in found if it["name"] == "VideosRequested"] == [[1]]


def test_bills_and_the_time_to_finish(kling: KlingSimulator, emitted: Emitted) -> None:
    record = run(create_video(model="kling-3.0", duration_seconds=5))

    found = emitted()
    names = {it["name"]: it["value"][0] for it in found if it["dimensions"].keys() == {"service"}}
    assert (names["EstimatedCents"], names["BilledCents"], names["VideosCompleted"]) == (42, 42, 1)
    (seconds,) = (it for it in found if it["name"] == "SecondsToFinish")
    assert seconds["dimensions"]["model"] == "kling-3.0"
    assert seconds["value"] == [(record.completed_at - record.created_at).total_seconds()]
    assert values(lambda: found, "BillAlarm") == [42]


def test_file_that_cannot_be_signed(emitted: Emitted, limit: Callable[..., None]) -> None:
    limit(CONTENT_CREDENTIALS="sign")

    credentials.inspect(create_video(), Path("missing.mp4"))

    assert values(emitted, "SigningAlarm") == [1]


def test_callback_with_a_wrong_signature(
    emitted: Emitted, limit: Callable[..., None], monkeypatch: pytest.MonkeyPatch
) -> None:
    video = create_video()
    limit(CALLBACKS="yes", KLING_WEBHOOK_SECRET_NAME="webhook")
    token = str(callback_urls.of_video(video)).rpartition("/")[2]
    monkeypatch.setattr(callbacks, "_secrets", lambda _name: ["whsec_b2xkIHNlY3JldA=="])

    with pytest.raises(BadSignature):
        callbacks.receive("kling", token, headers={}, content=b"{}")

    assert values(emitted, "CallbackAlarm") == [1]
