"""Kling's tasks API standard: the model is in the path, and every task is read from `/tasks`."""

from base64 import b64encode
from typing import Any
from urllib.parse import quote

from keepreel.providers.base import Job, Submission
from keepreel.providers.json_values import first_link, mapping, sequence, text
from keepreel.providers.kling.client import KlingResponse
from keepreel.providers.kling.task import Task, amount


def prepare(job: Job) -> Submission:
    # Sound and watermark are off unless requested. Some models reject the sound option, so it is left out.
    settings: dict[str, Any] = {"resolution": job.resolution, "duration": job.duration_seconds}
    options = {"external_task_id": job.video_id}
    model = job.model.provider_model
    if job.image is None:
        settings["aspect_ratio"] = job.aspect_ratio
        body: dict[str, Any] = {"prompt": job.prompt, "settings": settings, "options": options}
        return Submission(video_id=job.video_id, path=f"/text-to-video/{model}", body=body)
    # No aspect ratio with an image, because the video takes the image's.
    image = b64encode(job.image).decode() if isinstance(job.image, bytes) else job.image
    contents = [{"type": "prompt", "text": job.prompt}, {"type": "first_frame", "url": image}]
    body = {"contents": contents, "settings": settings, "options": options}
    return Submission(video_id=job.video_id, path=f"/image-to-video/{model}", body=body)


def path_by_video_id(job: Job) -> str:
    return f"/tasks?external_task_ids={quote(job.video_id, safe='')}"


def path_by_task_id(job: Job) -> str:
    return f"/tasks?task_ids={quote(job.task_id or '', safe='')}"


def tasks(response: KlingResponse) -> list[Task] | None:
    """A response to a create has one task; a response to a query has a list, which is empty if Kling has none."""
    if not response.is_accepted:
        return None
    found = [_task(item) for item in (response.data if isinstance(response.data, list) else [response.data])]
    known = [task for task in found if task is not None]
    return known if len(known) == len(found) else None


def _task(item: object) -> Task | None:
    fields = mapping(item)
    task_id = text(fields.get("id"))
    if task_id is None:
        return None
    outputs = [output for output in sequence(fields.get("outputs")) if mapping(output).get("type") == "video"]
    return Task(
        id=task_id,
        video_id=text(fields.get("external_id")),
        status=text(fields.get("status")),
        reason=text(fields.get("message")) or "",
        video_url=first_link(outputs),
        cost_usd=_cost_usd(sequence(fields.get("billing"))),
    )


def _cost_usd(billing: list[object]) -> float | None:
    """Return what was charged in cash; None if a part was paid in another way, because a part is not the cost."""
    amounts = [_dollars(mapping(entry)) for entry in billing]
    paid = [dollars for dollars in amounts if dollars is not None]
    return sum(paid) if paid and len(paid) == len(amounts) else None


def _dollars(entry: dict[str, Any]) -> float | None:
    if (entry.get("charge_type"), entry.get("currency")) != ("cash", "USD"):
        return None
    return amount(entry.get("amount"))
