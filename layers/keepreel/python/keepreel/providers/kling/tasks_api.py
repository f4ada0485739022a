"""Kling's tasks API standard: the model is in the path, and every task is read from `/tasks`."""

from base64 import b64encode
from typing import Any
from urllib.parse import quote

from keepreel.models.options import shots_text
from keepreel.providers import option_values
from keepreel.providers.base import Job, Submission
from keepreel.providers.json_values import first_link, mapping, sequence, text
from keepreel.providers.kling import billing
from keepreel.providers.kling.client import KlingResponse
from keepreel.providers.kling.task import Task


def prepare(job: Job) -> Submission:
    options: dict[str, Any] = {
        "external_task_id": job.video_id,
        "watermark_info": {"enabled": bool(option_values.value(job, "watermark"))},
        **({"callback_url": job.callback_url} if job.callback_url else {}),
    }
    has_contents = job.has_image or job.model.endpoints == "omni"
    given: dict[str, Any] = {"contents": _contents(job)} if has_contents else {"prompt": _prompt(job)}
    body = {**given, "settings": _settings(job), "options": options}
    return Submission(video_id=job.video_id, path=f"/{_flow(job)}/{job.model.provider_model}", body=body)


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


def _flow(job: Job) -> str:
    if job.model.endpoints == "omni":
        return "omni-video"
    return "image-to-video" if job.has_image else "text-to-video"


def _contents(job: Job) -> list[dict[str, Any]]:
    contents: list[dict[str, Any]] = [{"type": "prompt", "text": _prompt(job)}]
    for kind, image in (("first_frame", job.image), ("last_frame", job.end_image)):
        if image is not None:
            contents.append({"type": kind, "url": _url_or_base64(image)})
    for number, image in enumerate(job.reference_images, start=1):
        contents.append({"type": "refer_image", "url": _url_or_base64(image), "id": f"image_{number}"})
    return contents


def _settings(job: Job) -> dict[str, Any]:
    """Return every setting of the model, because a setting that is left out is not off: `multi_shot` is then true."""
    settings: dict[str, Any] = {**job.model.fixed, "resolution": job.resolution, "duration": job.duration_seconds}
    if not job.has_image:  # with an image, the video takes the image's aspect ratio
        settings["aspect_ratio"] = job.aspect_ratio
    if option_values.has_field(job.model, "sound"):
        settings["audio"] = "native" if option_values.value(job, "sound") else "off"
    # The models whose sound is always on have no `multi_shot` either: the form of the prompt says it.
    if "shots" in job.model.options and not option_values.is_fixed(job.model, "sound"):
        settings["multi_shot"] = bool(job.options.shots)
    return settings


def _prompt(job: Job) -> str:
    return shots_text(job.options.shots) if job.options.shots else job.prompt


def _url_or_base64(image: bytes | str) -> str:
    return b64encode(image).decode() if isinstance(image, bytes) else image


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
        watermarked_url=first_link(outputs, field="watermark_url"),
        bill=billing.of_entries(sequence(fields.get("billing"))),
    )
