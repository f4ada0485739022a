"""Finding a Kling task by the video's id, and its status while polling, with both API standards."""

from typing import Any

import pytest

from keepreel.errors import AccountProblem, Unreachable
from keepreel.providers.base import Job, TaskState
from keepreel.providers.kling import adapter
from keepreel.providers.task_status import TaskStatus
from tests.unit.providers.kling.responses import LEGACY, TASKS, Envelope, legacy_response, tasks_response
from tests.unit.providers.kling.samples import TASK_ID, VIDEO_ID, job
from tests.unit.providers.provider_env import CapturedLog
from tests.unit.providers.scripted_server import ScriptedServer


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
