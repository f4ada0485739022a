"""Remix a video: create it again with changed fields."""

from dataclasses import dataclass, replace
from typing import Any

from keepreel.db.tables import Video
from keepreel.models import rules
from keepreel.models.model import Flow, Model
from keepreel.models.options import Options
from keepreel.prompts import resolve
from keepreel.prompts.resolve import ResolvedPrompt
from keepreel.schemas.requests import RemixRequest
from keepreel.videos import model_lookup, options, spec
from keepreel.videos.options import Asked
from keepreel.videos.spec import CreateRequest, VideoSpec

_KEPT = {*options.OPTIONS, "negative_prompt", "seed"}  # a null removes them; a null format means unchanged


def remix(video: Video, request: RemixRequest, *, created_by: str, verb: str = "remix") -> CreateRequest:
    """Return the request for the same video with the request's changes.

    The prompt (and its template), the image and the seed are kept. If a new model does not support a kept value, the
    model's default replaces it.
    """
    # A null field is a change too, so the fingerprint includes which fields are set, not only their values.
    changed = sorted(request.model_fields_set - spec.NOT_IN_RESULT)
    return _Remix(
        owner=video.owner,
        payer=video.payer,
        fingerprint=spec.fingerprint(request, verb, video.video_id, changed),
        max_cost=request.max_cost,
        video=video,
        request=request,
        created_by=created_by,
    )


@dataclass(frozen=True, kw_only=True)
class _Remix(CreateRequest):
    video: Video
    request: RemixRequest
    created_by: str

    def resolve(self) -> VideoSpec:
        video, request = self.video, self.request
        source_image = request.source_image if "source_image" in request.model_fields_set else video.source_image
        flow: Flow = "image" if source_image else "text"
        selected = model_lookup.select(request.model or video.model, flow=flow, allow_successor=request.allow_successor)
        asked = _asked(video, request, selected.model, has_image=source_image is not None)
        return spec.checked(
            self,
            selected,
            asked,
            prompt=lambda: _prompt(video, request, asked),
            source_image=source_image,
            created_by=self.created_by,
            type="custom" if (request.prompt or request.shots) and video.type != "user" else video.type,
            variations=request.variations,
            remixed_from=video.video_id,
        )


def _asked(video: Video, request: RemixRequest, model: Model, *, has_image: bool) -> Asked:
    """Return the request's changes and the kept fields that the model supports. A null removes a kept option."""
    asked = options.of_request(request)
    unchanged = {name for name in _KEPT if name not in request.model_fields_set}
    kept = {
        name: value for name, value in _kept_options(video, model, has_image=has_image).items() if name in unchanged
    }
    if request.prompt:
        kept.pop("shots", None)  # their prompts would be sent instead
    format = {**_kept_format(video, model), **{name: it for name, it in asked.format.items() if it is not None}}
    if request.shots and request.duration_seconds is None:
        del format["duration_seconds"]  # the sum of the new shots
    return replace(
        asked,
        format=format,
        options={**{name: it for name, it in kept.items() if name in options.OPTIONS}, **asked.options},
        negative_prompt=kept.get("negative_prompt", request.negative_prompt),
        seed=kept.get("seed", request.seed),
    )


def _kept_format(video: Video, model: Model) -> dict[str, Any]:
    offered = {
        "duration_seconds": (int(video.duration_seconds), model.durations),
        "aspect_ratio": (video.aspect_ratio, model.aspect_ratios),
        "resolution": (video.resolution, model.resolutions),
    }
    return {name: value if value in values else None for name, (value, values) in offered.items()}


def _kept_options(video: Video, model: Model, *, has_image: bool) -> dict[str, Any]:
    """Return the video's options that the model supports with their values."""
    stored = {
        **vars(Options.from_json(video.options)),
        "negative_prompt": video.negative_prompt,
        "seed": None if video.seed is None else int(video.seed),
    }
    if not has_image:
        stored["end_image"] = None
    return {
        name: value
        for name, value in stored.items()
        if value is not None and value != () and name in model.options
        if not rules.option_violations(model, name, value)
    }


def _prompt(video: Video, request: RemixRequest, asked: Asked) -> ResolvedPrompt:
    """Return the new prompt, else the prompts of the shots, else the stored one."""
    if shots := asked.options.get("shots"):
        prompt = request.prompt or video.prompt
        return ResolvedPrompt(prompt=prompt, final_prompt=resolve.joined(shot.prompt for shot in shots))
    if request.prompt:
        return resolve.from_text(request.prompt)
    if video.prompt and Options.from_json(video.options).shots:
        return resolve.from_text(video.prompt)
    return ResolvedPrompt(
        prompt=video.prompt,
        template=video.template,
        template_version=None if video.template_version is None else int(video.template_version),
        final_prompt=video.final_prompt,
    )
