"""Adapter for the fictional Acme API."""

from typing import Any, Literal

from keepreel.errors import Busy, ErrorCode, Failure, OutcomeUnknown, ProviderError, Refused, Unreachable
from keepreel.providers import credentials, http, registry, task_status
from keepreel.providers.base import Job, Submission, TaskState
from keepreel.providers.json_values import first_link, mapping, sequence, text
from keepreel.providers.task_status import COMMON_WORDS, TaskStatus

STATUS_WORDS = {**COMMON_WORDS, "simmering": TaskStatus.RUNNING, "served": TaskStatus.SUCCEEDED}


def prepare(job: Job) -> Submission:
    body = {"model": job.model.provider_model, "text": job.prompt, "reference": job.video_id, "seed": job.seed}
    return Submission(video_id=job.video_id, path="/orders", body=body)


def submit(submission: Submission) -> str:
    response = _send("POST", submission.path, body=submission.body)
    task_id = text(mapping(response.json()).get("number"))
    if response.http_status == 429:
        raise Busy("Acme is busy")
    if response.http_status == 400:
        failure = Failure(code=ErrorCode.PROMPT_REJECTED, message="Acme does not accept this prompt.")
        raise Refused("Acme returned HTTP 400", failure=failure)
    if response.http_status != 201 or task_id is None:
        raise OutcomeUnknown(f"Acme returned HTTP {response.http_status}")
    return task_id


def find(job: Job) -> str | None:
    orders = sequence(_read(f"/orders?reference={job.video_id}").get("orders"))
    return next((text(mapping(order).get("number")) for order in orders), None)


def poll(job: Job) -> TaskState:
    order = _read(f"/orders/{job.task_id}")
    status = task_status.from_word(str(order.get("status")), STATUS_WORDS, video_id=job.video_id)
    return TaskState(status=status, video_url=first_link([order]))


def cancel(job: Job) -> bool:
    return _send("POST", f"/orders/{job.task_id}/cancel").http_status == 200


def _read(path: str) -> dict[str, Any]:
    try:
        response = _send("GET", path)
    except ProviderError as error:
        raise Unreachable(str(error)) from None
    if response.http_status != 200:
        raise Unreachable(f"Acme returned HTTP {response.http_status}")
    return mapping(response.json())


def _send(method: Literal["GET", "POST"], path: str, *, body: dict[str, Any] | None = None) -> http.Response:
    acme = registry.info("acme")
    secret = credentials.read_secret(acme.secret_name(), title=acme.title, fresh=False)
    headers = {"X-Key": credentials.key(secret, "key", title=acme.title)}
    content = None if body is None else http.json_body(body)
    return http.request(method, acme.base_url() + path, title=acme.title, headers=headers, content=content)
