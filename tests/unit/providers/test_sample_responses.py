"""The vendors' sample responses mean the right thing to the adapters: task id, state, link, bill and class of error."""

from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest

from keepreel.errors import (
    ErrorCode,
    Unreachable,
)
from keepreel.providers import registry
from keepreel.providers.base import Bill, Submission, TaskState
from keepreel.providers.task_status import TaskStatus
from tests.data.vendor_samples import sample, samples
from tests.unit.providers import test_sample_errors, test_sample_requests
from tests.unit.providers.sample_jobs import adapter, job, respond, submission
from tests.unit.providers.scripted_server import ScriptedServer

KLING_LINK = "https://v.example.com/result.mp4?x-oss-signature=placeholder"
LEGACY_LINK = "https://v.example.com/result.mp4"
HIGGSFIELD_LINK = "https://cdn.example.com/output/example.mp4"
RUNNING = TaskState(status=TaskStatus.RUNNING)

CREATED = {
    24: "913827032734642185",
    25: "829611643369439283",
    26: "829611643369439283",
    88: "d7e6c0f3-6699-4f6c-bb45-2ad7fd9158ff",
}


def succeeded(link: str, bill: Bill | None = None, **more: Any) -> TaskState:
    return TaskState(status=TaskStatus.SUCCEEDED, video_url=link, bill=bill, **more)


STATES = {
    27: RUNNING,
    28: RUNNING,
    29: succeeded(KLING_LINK, Bill(usd=0.42, billed_as={"cash_usd": 0.42})),
    30: succeeded(KLING_LINK, Bill(usd=0.252, billed_as={"units": 1.8})),
    31: succeeded(KLING_LINK, Bill(usd=0.42, billed_as={"units": 2, "cash_usd": 0.14})),
    32: succeeded(KLING_LINK, Bill(usd=None, billed_as={"test_balance_cny": 3})),
    37: RUNNING,
    38: succeeded(LEGACY_LINK, Bill(usd=0.21, billed_as={"units": 1.5})),
    39: succeeded(LEGACY_LINK, Bill(usd=0.21, billed_as={"cash_usd": 0.21})),
    89: RUNNING,
    90: RUNNING,
    91: succeeded(HIGGSFIELD_LINK, expires_at=datetime(2026, 10, 15, 12, tzinfo=UTC)),
}
FAILURES = {
    33: (TaskStatus.FAILED, ErrorCode.OUTPUT_REJECTED, True),
    40: (TaskStatus.FAILED, ErrorCode.OUTPUT_REJECTED, True),
    93: (TaskStatus.FAILED, ErrorCode.PROVIDER_ERROR, False),
    94: (TaskStatus.REJECTED, ErrorCode.OUTPUT_REJECTED, False),
    95: (TaskStatus.CANCELED, ErrorCode.PROVIDER_ERROR, False),
}
ESTIMATES = {
    98: Bill(usd=0.094, billed_as={"credits": 1.5}),
    99: Bill(usd=0.347, billed_as={"credits": 5.544}),
    100: None,
}
OTHERS = (34, 92, 96, 97, 101, 102)  # each has a test of its own below
NOT_USED = {
    6: "video input",
    11: "motion control",
    12: "motion control",
    17: "the legacy omni path; the tasks API serves these models",
    18: "video input",
    19: "motion control",
    20: "motion control",
    23: "lists of tasks",
    35: "lists of tasks",
    36: "lists of tasks",
    41: "lists of tasks",
    42: "lists of tasks",
    51: "a query without ids",
    57: "a wrong method",
    **dict.fromkeys(range(70, 75), "account and ledger"),
    **dict.fromkeys(range(75, 83), "callbacks: tasks are polled"),
    **dict.fromkeys(range(114, 117), "webhooks: requests are polled"),
}


@pytest.mark.parametrize("number", CREATED)
def test_created_task_has_its_id(server: ScriptedServer, number: int) -> None:
    given = sample(number)
    respond(server, given)

    assert adapter(given).submit(submission(given)) == CREATED[number]


@pytest.mark.parametrize("number", STATES)
def test_status_has_its_meaning_link_and_bill(server: ScriptedServer, number: int) -> None:
    given = sample(number)
    respond(server, given)

    assert adapter(given).poll(job(given)) == STATES[number]


@pytest.mark.parametrize("number", FAILURES)
def test_task_without_a_video_has_its_reason(server: ScriptedServer, number: int) -> None:
    given = sample(number)
    respond(server, given)

    state = adapter(given).poll(job(given))

    assert state.failure is not None
    assert (state.status, state.failure.code, state.is_charged) == FAILURES[number]
    assert (state.video_url, state.bill) == (None, None)


@pytest.mark.parametrize("number", ESTIMATES)
def test_estimate_is_what_the_account_is_charged(server: ScriptedServer, number: int) -> None:
    given = sample(number)
    respond(server, given)
    sent = Submission(video_id="vid_01hexample", path="/kling-video/v3.0/std/text-to-video", body={"prompt": "x"})

    assert registry.adapter("higgsfield").estimate(job(given, sent=sent)) == ESTIMATES[number]

    assert [(it.method, it.path, it.body) for it in server.requests] == [("POST", f"/estimate{sent.path}", sent.body)]


def test_unknown_task_is_not_found(server: ScriptedServer) -> None:
    respond(server, sample(34))

    assert registry.adapter("kling").find(replace(job(sample(34)), task_id=None)) is None


def test_completed_image_is_no_video(server: ScriptedServer) -> None:
    respond(server, sample(92))

    with pytest.raises(Unreachable, match="no link"):
        registry.adapter("higgsfield").poll(job(sample(92)))


@pytest.mark.parametrize(("number", "content", "is_canceled"), [(96, b"", True), (97, None, False)])
def test_cancel_is_true_only_if_it_was_accepted(
    server: ScriptedServer, number: int, content: bytes | None, *, is_canceled: bool
) -> None:
    given = sample(number)
    server.respond_raw(given.content if content is None else content, http_status=given.about["http_status"])

    assert registry.adapter("higgsfield").cancel(job(sample(89))) is is_canceled


def test_upload_asks_for_a_target_and_reads_the_offer(server: ScriptedServer) -> None:
    offer = {
        **sample(102).body,
        "upload_url": f"{server.base_url}/put",  # at the configured host, so that no name is resolved
        "public_url": f"{server.base_url}/input/example.jpeg",
    }
    server.respond(offer)
    server.respond_raw(b"")

    url = registry.adapter("higgsfield").upload_image(b"\xff\xd8\xff an image")

    asked, put = server.requests
    assert url == offer["public_url"]
    assert (asked.path, asked.body) == (sample(101).about["endpoint"], sample(101).body)
    sent = {name.lower(): value for name, value in put.headers.items()}
    assert {name.lower(): it for name, it in offer["upload_headers"].items()}.items() <= sent.items()


def test_each_sample_is_tested_or_not_used_for_a_reason() -> None:
    requests = [it[0] for it in test_sample_requests.REQUESTS]
    tested = [
        *requests,
        *CREATED,
        *STATES,
        *FAILURES,
        *test_sample_errors.ERRORS,
        *ESTIMATES,
        *OTHERS,
        *NOT_USED,
    ]

    assert sorted(tested) == [it.number for it in samples()]
