"""Finding a Kling task by the video's id, and polling it, with both API standards."""

from collections.abc import Callable
from typing import Any

import pytest

from keepreel.errors import AccountProblem, ErrorCode, Unreachable
from keepreel.providers.base import Job, TaskState
from keepreel.providers.kling import adapter, legacy_api
from keepreel.providers.kling.client import KlingResponse
from keepreel.providers.task_status import TaskStatus
from keepreel.settings import settings
from tests.unit.providers.kling.samples import PROMPT, TASK_ID, VIDEO_ID, job
from tests.unit.providers.provider_env import CapturedLog
from tests.unit.providers.scripted_server import ScriptedServer

Envelope = Callable[..., dict[str, Any]]

LINK = "https://p1.a.kwimgs.com/output.mp4?Expires=1"
LEGACY = job(task_id=TASK_ID)
TASKS = job("kling-3.0", task_id=TASK_ID)


def legacy_response(status: object = "processing", **changes: object) -> dict[str, Any]:
    task = {
        "task_id": TASK_ID,
        "task_status": status,
        "task_status_msg": "",
        "task_info": {"external_task_id": VIDEO_ID},
        "watermark_info": {"enabled": False},
        "created_at": 1722769557708,
        "updated_at": 1722769557708,
    }
    return {"code": 0, "message": "SUCCEED", "request_id": "r", "data": {**task, **changes}}


def tasks_response(status: object = "processing", **changes: object) -> dict[str, Any]:
    task = {
        "id": TASK_ID,
        "status": status,
        "message": "",
        "create_time": 1781080778802,
        "update_time": 1781080794151,
        "external_id": VIDEO_ID,
    }
    return {"code": 0, "message": "SUCCEED", "request_id": "r", "data": [{**task, **changes}]}


@pytest.mark.parametrize(
    ("video_job", "response", "path"),
    [
        (job(), legacy_response(), f"/v1/videos/image2video/{VIDEO_ID}"),
        (job(has_image=False), legacy_response(), f"/v1/videos/text2video/{VIDEO_ID}"),
        (job(), legacy_response(task_info={}), f"/v1/videos/image2video/{VIDEO_ID}"),
        (job("kling-3.0"), tasks_response(), f"/tasks?external_task_ids={VIDEO_ID}"),
        (job("kling-3.0"), tasks_response(external_id=""), f"/tasks?external_task_ids={VIDEO_ID}"),
    ],
)
def test_task_is_found_by_the_video_id(
    kling_server: ScriptedServer, video_job: Job, response: dict[str, Any], path: str
) -> None:
    kling_server.respond(response)

    task_id = adapter.find(video_job)

    assert task_id == TASK_ID
    assert [(it.method, it.path, it.content) for it in kling_server.requests] == [("GET", path, b"")]


@pytest.mark.parametrize(
    ("model", "sent_as", "response", "path"),
    [
        ("kling-3.0", "kling-v2-1", legacy_response(), f"/v1/videos/image2video/{VIDEO_ID}"),
        ("kling-v2-1", "kling-3.0", tasks_response(), f"/tasks?external_task_ids={VIDEO_ID}"),
    ],
)
def test_task_is_looked_up_at_the_stored_path_even_if_the_catalog_changed(
    kling_server: ScriptedServer, model: str, sent_as: str, response: dict[str, Any], path: str
) -> None:
    kling_server.respond(response)

    task_id = adapter.find(job(model, sent=adapter.prepare(job(sent_as))))

    assert task_id == TASK_ID
    assert [it.path for it in kling_server.requests] == [path]


@pytest.mark.parametrize(
    ("video_job", "http_status", "response"),
    [
        (job(), 400, {"code": 1201, "message": "task not found", "request_id": "r"}),
        (job(), 404, {"code": 1203, "message": "resource does not exist", "request_id": "r"}),
        (job("kling-3.0"), 200, {"code": 0, "message": "SUCCEED", "request_id": "r", "data": []}),
    ],
)
def test_unknown_task_is_none_for_find_and_unreachable_for_poll(
    kling_server: ScriptedServer, video_job: Job, http_status: int, response: dict[str, Any]
) -> None:
    kling_server.respond(response, http_status=http_status)
    kling_server.respond(response, http_status=http_status)

    found = adapter.find(video_job)
    with pytest.raises(Unreachable, match="no status for this task"):
        adapter.poll(job(video_job.model.id, task_id=TASK_ID))

    assert found is None


@pytest.mark.parametrize(
    ("video_job", "http_status", "response"),
    [
        (LEGACY, 404, {"error": "Not Found"}),
        (LEGACY, 400, {"code": 1200, "message": "bad parameters"}),
        (LEGACY, 500, {"code": 1201, "message": "behind a broken gateway"}),
        (LEGACY, 200, {"code": 1201, "message": "neither this nor that"}),
        (LEGACY, 200, {"code": 0, "message": "SUCCEED"}),
        (LEGACY, 200, {"code": 0, "message": "SUCCEED", "data": None}),
        (LEGACY, 200, {"code": 0, "message": "SUCCEED", "data": []}),
        (LEGACY, 500, legacy_response()),
        (LEGACY, 200, legacy_response(task_id=None)),
        (LEGACY, 200, legacy_response(task_info={"external_task_id": "somebody-elses"})),
        (LEGACY, 429, {"code": 1302, "message": "too fast"}),
        (LEGACY, 502, {"code": 1102, "message": "behind a broken gateway"}),
        (LEGACY, 503, {"code": 5001, "message": "maintenance"}),
        (TASKS, 404, {"code": 1203, "message": "no such path"}),
        (TASKS, 400, {"code": 1201, "message": "bad parameters"}),
        (TASKS, 200, {"code": 0, "message": "SUCCEED"}),
        (TASKS, 200, {"code": 0, "message": "SUCCEED", "data": {}}),
        (TASKS, 200, {"code": 0, "message": "SUCCEED", "data": [None]}),
        (TASKS, 500, {"code": 0, "message": "SUCCEED", "data": []}),
        (TASKS, 200, tasks_response(id=None)),
        (TASKS, 200, tasks_response(external_id="somebody-elses")),
        (TASKS, 504, {"code": 5002, "message": "timeout"}),
    ],
)
def test_ambiguous_response_is_unreachable(
    kling_server: ScriptedServer, video_job: Job, http_status: int, response: dict[str, Any]
) -> None:
    kling_server.respond(response, http_status=http_status)
    kling_server.respond(response, http_status=http_status)

    with pytest.raises(Unreachable):
        adapter.find(video_job)
    with pytest.raises(Unreachable):
        adapter.poll(video_job)

    assert len(kling_server.requests) == 2


@pytest.mark.parametrize(("http_status", "code"), [(429, 1100), (429, 1101), (429, 1102), (403, 1103), (429, 1304)])
@pytest.mark.parametrize("video_job", [LEGACY, TASKS], ids=["legacy", "newer"])
def test_account_error_is_an_account_problem(
    kling_server: ScriptedServer, video_job: Job, http_status: int, code: int
) -> None:
    kling_server.respond({"code": code, "message": "no data beside this"}, http_status=http_status)
    kling_server.respond({"code": code, "message": "no data beside this"}, http_status=http_status)

    with pytest.raises(AccountProblem, match=f"code {code}"):
        adapter.find(video_job)
    with pytest.raises(AccountProblem, match=f"code {code}"):
        adapter.poll(video_job)

    assert len(kling_server.requests) == 2


@pytest.mark.parametrize(
    ("video_job", "response", "path"),
    [
        (LEGACY, legacy_response("submitted"), f"/v1/videos/image2video/{TASK_ID}"),
        (LEGACY, legacy_response("processing"), f"/v1/videos/image2video/{TASK_ID}"),
        (job(has_image=False, task_id=TASK_ID), legacy_response("Processing"), f"/v1/videos/text2video/{TASK_ID}"),
        (TASKS, tasks_response("submitted"), f"/tasks?task_ids={TASK_ID}"),
        (TASKS, tasks_response("processing"), f"/tasks?task_ids={TASK_ID}"),
    ],
)
def test_unfinished_task_is_running(
    kling_server: ScriptedServer, video_job: Job, response: dict[str, Any], path: str
) -> None:
    kling_server.respond(response)

    state = adapter.poll(video_job)

    assert state == TaskState(status=TaskStatus.RUNNING)
    assert [(it.method, it.path) for it in kling_server.requests] == [("GET", path)]


@pytest.mark.parametrize(("video_job", "response"), [(LEGACY, legacy_response), (TASKS, tasks_response)])
def test_unknown_status_word_means_keep_polling_and_is_logged(
    kling_server: ScriptedServer, log: CapturedLog, video_job: Job, response: Envelope
) -> None:
    kling_server.respond(response("rendering"))

    state = adapter.poll(video_job)

    warnings = [(line["message"], line["word"]) for line in log.lines if line["levelname"] == "WARNING"]
    assert state == TaskState(status=TaskStatus.RUNNING)
    assert warnings == [("unknown task status", "rendering")]


@pytest.mark.parametrize(("video_job", "response"), [(LEGACY, legacy_response), (TASKS, tasks_response)])
@pytest.mark.parametrize("status", [None, "", {}, True])
def test_task_without_a_status_is_unreachable(
    kling_server: ScriptedServer, video_job: Job, response: Envelope, status: object
) -> None:
    kling_server.respond(response(status))

    with pytest.raises(Unreachable, match="status"):
        adapter.poll(video_job)

    assert len(kling_server.requests) == 1


@pytest.mark.parametrize(("video_job", "response"), [(LEGACY, legacy_response), (TASKS, tasks_response)])
def test_response_with_another_task_is_unreachable(
    kling_server: ScriptedServer, video_job: Job, response: Envelope
) -> None:
    kling_server.respond(response("succeed", task_id="another", id="another"))

    with pytest.raises(Unreachable, match="no status for this task"):
        adapter.poll(video_job)

    assert len(kling_server.requests) == 1


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
