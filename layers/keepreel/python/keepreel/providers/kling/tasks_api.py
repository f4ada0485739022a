"""Kling's newer API standard, where the model stands in the path and every task is asked for at `/tasks`."""

from base64 import b64encode
from typing import Any
from urllib.parse import quote

from keepreel.providers.base import Job, Submission
from keepreel.providers.json_values import first_link, mapping, sequence, text
from keepreel.providers.kling.client import Answer
from keepreel.providers.kling.task import Task, amount


def prepare(job: Job) -> Submission:
    # What is left out is off at Kling, sound and watermark among it; not every model would take a word on sound.
    settings: dict[str, Any] = {"resolution": job.resolution, "duration": job.duration_seconds}
    options = {"external_task_id": job.video_id}
    model = job.model.provider_model
    if job.image is None:
        settings["aspect_ratio"] = job.aspect_ratio
        body: dict[str, Any] = {"prompt": job.prompt, "settings": settings, "options": options}
        return Submission(video_id=job.video_id, path=f"/text-to-video/{model}", body=body)
    # No aspect ratio beside an image: the video takes the image's shape.
    image = b64encode(job.image).decode() if isinstance(job.image, bytes) else job.image
    contents = [{"type": "prompt", "text": job.prompt}, {"type": "first_frame", "url": image}]
    body = {"contents": contents, "settings": settings, "options": options}
    return Submission(video_id=job.video_id, path=f"/image-to-video/{model}", body=body)


def path_by_video_id(job: Job) -> str:
    return f"/tasks?external_task_ids={quote(job.video_id, safe='')}"


def path_by_task_id(job: Job) -> str:
    return f"/tasks?task_ids={quote(job.task_id or '', safe='')}"


def tasks(answer: Answer) -> list[Task] | None:
    """A create's answer has one task, a query's a list, empty when Kling has none."""
    if not answer.is_accepted:
        return None
    found = [_task(item) for item in (answer.data if isinstance(answer.data, list) else [answer.data])]
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
    """What the balance paid; None when a part of it was paid otherwise, since a part is not the cost."""
    amounts = [_dollars(mapping(entry)) for entry in billing]
    paid = [dollars for dollars in amounts if dollars is not None]
    return sum(paid) if paid and len(paid) == len(amounts) else None


def _dollars(entry: dict[str, Any]) -> float | None:
    if (entry.get("charge_type"), entry.get("currency")) != ("cash", "USD"):
        return None
    return amount(entry.get("amount"))
