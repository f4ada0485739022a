"""The result of a finished Kling task: video URL, cost and error message."""

from typing import Any

import pytest

from keepreel.errors import ErrorCode, Unreachable
from keepreel.providers.base import Job, TaskState
from keepreel.providers.kling import adapter, legacy_api
from keepreel.providers.kling.client import KlingResponse
from keepreel.providers.task_status import TaskStatus
from keepreel.settings import settings
from tests.unit.providers.kling.responses import LEGACY, LINK, TASKS, legacy_response, tasks_response
from tests.unit.providers.kling.samples import PROMPT
from tests.unit.providers.provider_env import CapturedLog
from tests.unit.providers.scripted_server import ScriptedServer


@pytest.mark.parametrize("word", ["succeed", "succeeded", "SUCCEED"])
def test_legacy_success_has_the_video_url_and_the_cost(kling_server: ScriptedServer, word: str) -> None:
    videos = [{"id": "v", "url": LINK, "watermark_url": f"{LINK}&watermark", "duration": "5.1"}]
    deduction = {"quota": "0.28", "list_price": "0.35"}
    kling_server.respond(
        legacy_response(
            word, task_result={"videos": videos}, final_unit_deduction="2", final_balance_deduction=deduction
        )
    )

    state = adapter.poll(LEGACY)

    assert state == TaskState(status=TaskStatus.SUCCEEDED, video_url=LINK, cost_usd=0.28)


def test_tasks_api_success_has_the_video_url_and_the_cost(kling_server: ScriptedServer) -> None:
    outputs = [{"type": "image", "url": "https://x/cover.jpg"}, {"type": "video", "id": "v", "url": LINK}]
    billing = [{"charge_type": "cash", "cash_type": "balance", "amount": "0.42", "currency": "USD"}]
    kling_server.respond(tasks_response("succeeded", outputs=outputs, billing=billing))

    state = adapter.poll(TASKS)

    assert state == TaskState(status=TaskStatus.SUCCEEDED, video_url=LINK, cost_usd=0.42)


@pytest.mark.parametrize(
    ("billing", "cost_usd"),
    [
        ([{"charge_type": "cash", "amount": "0.25", "currency": "USD"}] * 2, 0.5),
        ([{"charge_type": "cash", "amount": "3.00", "currency": "CNY"}], None),
        ([{"charge_type": "unit", "amount": "2", "package_type": "video"}], None),
        (
            [
                {"charge_type": "cash", "amount": "0.25", "currency": "USD"},
                {"charge_type": "unit", "amount": "2", "package_type": "video"},
            ],
            None,
        ),
        ([{"charge_type": "cash", "amount": "much", "currency": "USD"}], None),
        ([{"charge_type": "cash", "amount": "nan", "currency": "USD"}], None),
        ([{"charge_type": "cash", "amount": "inf", "currency": "USD"}], None),
        ([None], None),
        ("0.25", None),
        (None, None),
    ],
)
def test_tasks_api_cost_is_set_only_if_all_of_it_is_in_dollars(
    kling_server: ScriptedServer, billing: object, cost_usd: float | None
) -> None:
    kling_server.respond(tasks_response("succeeded", outputs=[{"type": "video", "url": LINK}], billing=billing))

    state = adapter.poll(TASKS)

    assert state == TaskState(status=TaskStatus.SUCCEEDED, video_url=LINK, cost_usd=cost_usd)


@pytest.mark.parametrize("deduction", [None, {}, {"quota": "0"}, {"quota": ""}, {"quota": "-1"}, {"quota": {}}, "0.28"])
def test_legacy_cost_is_unknown_if_the_balance_did_not_pay(kling_server: ScriptedServer, deduction: object) -> None:
    result = {"videos": [{"url": LINK}]}
    kling_server.respond(legacy_response("succeed", task_result=result, final_balance_deduction=deduction))

    state = adapter.poll(LEGACY)

    assert state == TaskState(status=TaskStatus.SUCCEEDED, video_url=LINK)


def test_cost_from_the_host_for_china_is_unknown(monkeypatch: pytest.MonkeyPatch, kling_server: ScriptedServer) -> None:
    deduction = {"quota": "2.00", "list_price": "2.00"}
    response = KlingResponse(http_status=200, code=0, data=legacy_response(final_balance_deduction=deduction)["data"])
    in_dollars = legacy_api.tasks(response)
    monkeypatch.setenv("KLING_BASE_URL", "https://api-beijing.klingai.com")
    settings.cache_clear()

    in_yuan = legacy_api.tasks(response)

    assert in_dollars is not None
    assert in_yuan is not None
    assert [it.cost_usd for it in in_dollars + in_yuan] == [2.0, None]
    assert kling_server.requests == []


@pytest.mark.parametrize(
    ("video_job", "response"),
    [
        (LEGACY, legacy_response("succeed")),
        (LEGACY, legacy_response("succeed", task_result=None)),
        (LEGACY, legacy_response("succeed", task_result={"videos": []})),
        (LEGACY, legacy_response("succeed", task_result={"videos": [{"url": ""}, {"url": "ftp://x/y"}, None]})),
        (TASKS, tasks_response("succeeded")),
        (TASKS, tasks_response("succeeded", outputs=[{"type": "image", "url": LINK}])),
        (TASKS, tasks_response("succeeded", outputs=[{"type": "video", "url": None}])),
    ],
)
def test_success_without_a_link_is_unreachable(
    kling_server: ScriptedServer, video_job: Job, response: dict[str, Any]
) -> None:
    kling_server.respond(response)

    with pytest.raises(Unreachable, match="no link"):
        adapter.poll(video_job)

    assert len(kling_server.requests) == 1


@pytest.mark.parametrize(
    ("reason", "code"),
    [
        ("Failure to pass the risk control system", ErrorCode.OUTPUT_REJECTED),
        ("The generated video contains sensitive content", ErrorCode.OUTPUT_REJECTED),
        ("The prompt violates our policies", ErrorCode.PROMPT_REJECTED),
        ("The input image contains inappropriate content", ErrorCode.IMAGE_REJECTED),
        ("Unsupported image. Please check the image format, size and dimensions.", ErrorCode.IMAGE_REJECTED),
        ("Service busy", ErrorCode.PROVIDER_ERROR),
        ("", ErrorCode.PROVIDER_ERROR),
    ],
)
@pytest.mark.parametrize("standard", ["legacy", "newer"])
def test_failed_task_has_our_own_message(
    kling_server: ScriptedServer, log: CapturedLog, reason: str, code: ErrorCode, standard: str
) -> None:
    message = f"{reason} ({PROMPT})" if reason else ""
    responses = {
        "legacy": legacy_response("failed", task_status_msg=message),
        "newer": tasks_response("failed", message=message),
    }
    kling_server.respond({**responses[standard], "message": "image risk prompt"})

    state = adapter.poll({"legacy": LEGACY, "newer": TASKS}[standard])

    assert state.failure is not None
    assert state == TaskState(status=TaskStatus.FAILED, failure=state.failure)
    assert state.failure.code == code
    assert not reason or reason not in state.failure.message
    assert reason in str(log)
    assert PROMPT not in str(log)
