"""The path and the body of a request to Higgsfield, by the fields of the catalog's row.

Higgsfield ignores a field that the model lacks, and charges. What is left out has Higgsfield's default, for example a
dearer video with sound. So every field of the model is sent, and no other. https://docs.higgsfield.ai
"""

from collections.abc import Mapping
from typing import Any
from urllib.parse import parse_qs, quote

from keepreel.providers import option_values
from keepreel.providers.base import Job, Submission
from keepreel.settings import settings

_MODES = {"720p": "std", "1080p": "pro", "4k": "4k"}
_OPTIONS = ("sound", "cfg_scale", "enhance_prompt", "camera_movement", "watermark")


def path(job: Job) -> str:
    """Return the model's path, with the callback URL as its query. https://docs.higgsfield.ai/webhooks"""
    query = f"?hf_webhook={quote(job.callback_url, safe='')}" if job.callback_url else ""
    return _model_path(job) + query


def _model_path(job: Job) -> str:
    """Return the model's path. A path with `{flow}` has the flow in the middle."""
    model_path = job.model.provider_model or settings().higgsfield_model_path
    flow = _flow(job)
    if "{flow}" in model_path:
        return f"/{model_path.replace('{flow}', flow)}"
    return f"/{model_path}/{flow}" if job.model.endpoints == "by_flow" else f"/{model_path}"


def _flow(job: Job) -> str:
    if job.reference_images:
        return "reference-to-video"
    return "image-to-video" if job.has_image else "text-to-video"


def body(job: Job) -> dict[str, Any]:
    given = {name: value for name, value in _values(job).items() if value is not None}
    body: dict[str, Any] = {"prompt": "" if job.options.shots else job.prompt, **_of_flow(job.model.fixed, job)}
    for name, field in _of_flow(job.model.fields, job).items():
        if name == "shots":
            body |= _shots(job)
        elif name in given:
            _add(body, field, given[name])
    return body


def confidential(body: Mapping[str, Any]) -> list[str | None]:
    """Return what must not reach the log: the prompts, and the URLs of images, which may be signed."""
    urls = [value for name, value in body.items() if name.endswith("_url")]
    lists = [url for name, value in body.items() if name.endswith("_urls") for url in value]
    shots = [shot.get("prompt") for shot in body.get("multi_prompt", [])]
    return [body.get("prompt"), body.get("negative_prompt"), *urls, *lists, *shots]


def confidential_of(submission: Submission) -> list[str | None]:
    """Return what must not reach the log of a submit: the callback URL, too."""
    query = submission.path.partition("?")[2]
    urls = [url for values in parse_qs(query).values() for url in values]
    return [*confidential(submission.body), query or None, *urls]


def _of_flow(fields: Mapping[str, Any], job: Job) -> dict[str, Any]:
    """Return the fields of the job's flow. A name may begin with a flow, for example `image.seed`."""
    flow = "image" if job.has_image else "text"
    common = {name: field for name, field in fields.items() if "." not in name}
    return common | {
        name.partition(".")[2]: field
        for name, field in fields.items()
        if name.partition(".")[0] == flow and "." in name
    }


def _values(job: Job) -> dict[str, Any]:
    """Return our fields' values. With an image, the video takes the image's aspect ratio, so most models have none."""
    has_aspect_ratio = not job.has_image or "image.aspect_ratio" in job.model.fields
    return {
        "image": job.image,
        "end_image": job.end_image,
        "reference_images": list(job.reference_images) or None,
        "duration_seconds": job.duration_seconds,
        "aspect_ratio": job.aspect_ratio if has_aspect_ratio else None,
        "resolution": job.resolution,
        "negative_prompt": job.negative_prompt or None,
        "seed": job.seed,
        "motions": [{"id": it.id, "strength": it.strength} for it in job.options.motions] or None,
        **{name: option_values.value(job, name) for name in _OPTIONS},
    }


def _shots(job: Job) -> dict[str, Any]:
    shots = [{"prompt": it.prompt, "duration": it.duration_seconds} for it in job.options.shots]
    return {"multi_shots": True, "multi_prompt": shots} if shots else {"multi_shots": False}


def _add(body: dict[str, Any], field: str, value: Any) -> None:
    """Add a value in the form that the provider's field has."""
    if field.endswith("_urls"):  # the source image and the references may be in one list
        body[field] = [*body.get(field, []), *(value if isinstance(value, list) else [value])]
    elif field == "sound":
        body[field] = "on" if value else "off"
    elif field == "mode":
        body[field] = _MODES[value]
    else:
        body[field] = value
