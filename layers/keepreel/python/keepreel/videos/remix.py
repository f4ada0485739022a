"""Asking for a video again: with something changed, or as it was after it failed."""

from functools import partial
from typing import Any

from keepreel.catalog import Model
from keepreel.db.status import Status
from keepreel.db.tables import Video
from keepreel.errors import NotRetryable
from keepreel.prompts import resolve
from keepreel.prompts.resolve import ResolvedPrompt
from keepreel.schemas.requests import RemixRequest, VideoRequest
from keepreel.videos import model_selection, spec
from keepreel.videos.spec import Asked, Order

_RETRYABLE = (Status.FAILED, Status.CANCELED)


def remix(video: Video, request: RemixRequest, *, created_by: str, verb: str = "remix") -> Asked:
    """The same with what the request changes: the prompt (and what built it), the image and the seed are kept.

    What was not asked for now and does not fit a changed model is left to the model.
    """
    # What is null is asked for as much as what has a value, so what was set counts, and not only what it is.
    named = sorted(request.model_fields_set - {"dry_run"})
    return Asked(
        owner=video.owner,
        payer=video.payer,
        fingerprint=spec.fingerprint(request, verb, video.video_id, named),
        order=partial(_order, video, request, created_by=created_by),
    )


def retry(video: Video, *, created_by: str) -> Asked:
    """The same once more. Raises NotRetryable unless it failed or was canceled."""
    if video.status not in _RETRYABLE:
        raise NotRetryable(f"This video is {video.status}; only one that failed or was canceled is made again.")
    return remix(video, RemixRequest(), created_by=created_by, verb="retry")


def _order(video: Video, request: RemixRequest, *, created_by: str) -> Order:
    model = model_selection.model_named(request.model or video.model)
    changes = request.model_dump(exclude_unset=True, exclude={"model"})
    merged = VideoRequest.model_construct(**(_kept(video, model) | changes))
    chosen = model_selection.chosen(merged, model)
    model_selection.check(model, merged, chosen, source_image=merged.source_image)
    words = resolve.from_text(request.prompt) if request.prompt else _words(video)
    model_selection.check_prompt(model, words.final_prompt)
    return Order(
        owner=video.owner,
        payer=video.payer,
        created_by=created_by,
        type="custom" if request.prompt and video.type != "user" else video.type,
        model=model,
        chosen=chosen,
        words=words,
        negative_prompt=merged.negative_prompt,
        source_image=merged.source_image,
        seed=merged.seed,
        variations=merged.variations,
        remixed_from=video.video_id,
    )


def _kept(video: Video, model: Model) -> dict[str, Any]:
    offered = {
        "duration_seconds": (int(video.duration_seconds), model.durations),
        "aspect_ratio": (video.aspect_ratio, model.aspect_ratios),
        "resolution": (video.resolution, model.resolutions),
    }
    taken = {
        "negative_prompt": video.negative_prompt,
        "seed": None if video.seed is None else int(video.seed),
    }
    return {
        "source_image": video.source_image,
        **{name: value for name, (value, values) in offered.items() if value in values},
        **{name: value for name, value in taken.items() if name in model.takes},
    }


def _words(video: Video) -> ResolvedPrompt:
    version = None if video.template_version is None else int(video.template_version)
    return ResolvedPrompt(
        prompt=video.prompt, template=video.template, template_version=version, final_prompt=video.final_prompt
    )
