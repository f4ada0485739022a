"""The result of a finished Kling task: video URL, cost and error message."""

from dataclasses import replace
from typing import Any

import pytest

from keepreel.errors import ErrorCode, Unreachable
from keepreel.models.options import Options
from keepreel.providers.base import Bill, Job, TaskState
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
            word, task_result={"videos": videos}, final_unit_deduction="0", final_balance_deduction=deduction
        )
    )

    state = adapter.poll(LEGACY)

    assert state == TaskState(
        status=TaskStatus.SUCCEEDED, video_url=LINK, bill=Bill(usd=0.28, billed_as={"cash_usd": 0.28})
    )


def test_tasks_api_success_has_the_video_url_and_the_cost(kling_server: ScriptedServer) -> None:
    outputs = [{"type": "image", "url": "https://x/cover.jpg"}, {"type": "video", "id": "v", "url": LINK}]
    billing = [{"charge_type": "cash", "cash_type": "balance", "amount": "0.42", "currency": "USD"}]
    kling_server.respond(tasks_response("succeeded", outputs=outputs, billing=billing))

    state = adapter.poll(TASKS)

    assert state == TaskState(
        status=TaskStatus.SUCCEEDED, video_url=LINK, bill=Bill(usd=0.42, billed_as={"cash_usd": 0.42})
    )


@pytest.mark.parametrize(
    ("watermark", "second", "link"),
    [
        (None, f"{LINK}&watermark", LINK),
        (False, f"{LINK}&watermark", LINK),
        (True, f"{LINK}&watermark", f"{LINK}&watermark"),
        (True, "", LINK),
        (True, None, LINK),
    ],
)
@pytest.mark.parametrize("standard", ["legacy", "newer"])
def test_file_has_the_watermark_only_if_it_was_requested(
    kling_server: ScriptedServer, standard: str, second: object, link: str, *, watermark: bool | None
) -> None:
    video = {"type": "video", "url": LINK, "watermark_url": second}
    responses = {
        "legacy": legacy_response("succeed", task_result={"videos": [video]}),
        "newer": tasks_response("succeeded", outputs=[video]),
    }
    kling_server.respond(responses[standard])
    asked = replace({"legacy": LEGACY, "newer": TASKS}[standard], options=Options(watermark=watermark))

    state = adapter.poll(asked)

    assert state == TaskState(status=TaskStatus.SUCCEEDED, video_url=link)


def cash(amount: object, currency: object = "USD", cash_type: str = "balance") -> dict[str, object]:
    return {"charge_type": "cash", "cash_type": cash_type, "amount": amount, "currency": currency}


def units(amount: object) -> dict[str, object]:
    return {"charge_type": "unit", "amount": amount, "package_type": "video"}


@pytest.mark.parametrize(
    ("billing", "bill"),
    [
        ([cash("0.25"), cash("0.25")], Bill(usd=0.5, billed_as={"cash_usd": 0.5})),
        ([cash(0.25)], Bill(usd=0.25, billed_as={"cash_usd": 0.25})),
        ([units("1.8")], Bill(usd=0.252, billed_as={"units": 1.8})),
        ([units("2.0"), cash("0.14")], Bill(usd=0.42, billed_as={"units": 2, "cash_usd": 0.14})),
        ([cash("0.14", cash_type="test_balance")], Bill(usd=0.14, billed_as={"test_balance_usd": 0.14})),
        ([cash("3.00", "CNY")], Bill(usd=None, billed_as={"cash_cny": 3})),
        ([cash("3.0", "CNY", "test_balance")], Bill(usd=None, billed_as={"test_balance_cny": 3})),
        ([cash("0.25"), cash("3.00", "CNY")], Bill(usd=None, billed_as={"cash_usd": 0.25, "cash_cny": 3})),
        ([cash("0.25"), cash("much")], Bill(usd=None, billed_as={"cash_usd": 0.25})),
        (
            [cash("0.25"), {"charge_type": "voucher", "amount": "1"}],
            Bill(usd=None, billed_as={"cash_usd": 0.25, "other": 1}),
        ),
        ([cash("0.25"), cash("0")], Bill(usd=0.25, billed_as={"cash_usd": 0.25})),
        ([cash("0.25", None)], Bill(usd=None, billed_as={"other": 0.25})),
        ([cash("0")], None),
        ([cash("much")], None),
        ([cash("nan")], None),
        ([cash("inf")], None),
        ([cash([1])], None),
        ([cash("-1")], None),
        ([None], None),
        ([], None),
        ("0.25", None),
        (None, None),
    ],
)
def test_tasks_api_bill_adds_up_its_parts_and_has_no_dollars_if_a_part_has_none(
    kling_server: ScriptedServer, billing: object, bill: Bill | None
) -> None:
    kling_server.respond(tasks_response("succeeded", outputs=[{"type": "video", "url": LINK}], billing=billing))

    state = adapter.poll(TASKS)

    assert state == TaskState(status=TaskStatus.SUCCEEDED, video_url=LINK, bill=bill)


@pytest.mark.parametrize(
    ("deductions", "bill"),
    [
        ({"final_unit_deduction": "1.5"}, Bill(usd=0.21, billed_as={"units": 1.5})),
        (
            {"final_unit_deduction": "1.5", "final_balance_deduction": {"quota": "0"}},
            Bill(usd=0.21, billed_as={"units": 1.5}),
        ),
        (
            {"final_unit_deduction": "1", "final_balance_deduction": {"quota": "0.21"}},
            Bill(usd=0.35, billed_as={"units": 1, "cash_usd": 0.21}),
        ),
        ({"final_unit_deduction": "0", "final_balance_deduction": {"quota": "0"}}, None),
        ({"final_balance_deduction": None}, None),
        ({"final_balance_deduction": {}}, None),
        ({"final_balance_deduction": {"quota": ""}}, None),
        ({"final_balance_deduction": {"quota": "-1"}}, None),
        ({"final_balance_deduction": {"quota": {}}}, None),
        ({"final_balance_deduction": "0.28"}, None),
    ],
)
def test_legacy_bill_adds_up_units_and_cash(
    kling_server: ScriptedServer, deductions: dict[str, object], bill: Bill | None
) -> None:
    kling_server.respond(legacy_response("succeed", task_result={"videos": [{"url": LINK}]}, **deductions))

    state = adapter.poll(LEGACY)

    assert state == TaskState(status=TaskStatus.SUCCEEDED, video_url=LINK, bill=bill)


@pytest.mark.parametrize(
    ("deductions", "billed_as"),
    [({"final_balance_deduction": {"quota": "2.00"}}, {"cash_cny": 2}), ({"final_unit_deduction": "2"}, {"units": 2})],
)
def test_bill_from_the_host_for_china_has_no_dollars(
    monkeypatch: pytest.MonkeyPatch,
    kling_server: ScriptedServer,
    deductions: dict[str, object],
    billed_as: dict[str, float],
) -> None:
    response = KlingResponse(http_status=200, code=0, data=legacy_response(**deductions)["data"])
    monkeypatch.setenv("KLING_BASE_URL", "https://api-beijing.klingai.com")
    settings.cache_clear()

    [task] = legacy_api.tasks(response) or []

    assert task.bill == Bill(usd=None, billed_as=billed_as)
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
