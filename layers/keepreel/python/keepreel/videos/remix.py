"""Remix a video: create it again with changed fields."""

from dataclasses import dataclass
from typing import Any

from keepreel.db.tables import Video
from keepreel.models.model import Model
from keepreel.prompts import resolve
from keepreel.prompts.resolve import ResolvedPrompt
from keepreel.schemas.requests import RemixRequest, VideoRequest
from keepreel.videos import model_selection, spec
from keepreel.videos.spec import CreateRequest, VideoSpec

_ALWAYS_SET = {"duration_seconds", "aspect_ratio", "resolution"}  # every video has them, so null means unchanged


def remix(video: Video, request: RemixRequest, *, created_by: str, verb: str = "remix") -> CreateRequest:
    """Return the request for the same video with the request's changes.

    The prompt (and its template), the image and the seed are kept. If a new model does not support a kept value, the
    model's default replaces it.
    """
    # A null field is a change too, so the fingerprint includes which fields are set, not only their values.
    changed = sorted(request.model_fields_set - {"dry_run"})
    return _Remix(
        owner=video.owner,
        payer=video.payer,
        fingerprint=spec.fingerprint(request, verb, video.video_id, changed),
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
        model = model_selection.find_model(request.model or video.model)
        given = request.model_dump(exclude_unset=True, exclude={"model"})
        changes = {name: value for name, value in given.items() if value is not None or name not in _ALWAYS_SET}
        merged = VideoRequest.model_construct(**(_kept_fields(video, model) | changes))
        format = model_selection.with_defaults(merged, model)
        model_selection.validate(model, merged, format, source_image=merged.source_image)
        prompt = resolve.from_text(request.prompt) if request.prompt else _stored_prompt(video)
        model_selection.validate_prompt(model, prompt.final_prompt)
        return VideoSpec(
            owner=self.owner,
            payer=self.payer,
            created_by=self.created_by,
            type="custom" if request.prompt and video.type != "user" else video.type,
            model=model,
            format=format,
            prompt=prompt,
            negative_prompt=merged.negative_prompt,
            source_image=merged.source_image,
            seed=merged.seed,
            variations=merged.variations,
            remixed_from=video.video_id,
        )


def _kept_fields(video: Video, model: Model) -> dict[str, Any]:
    """Return the video's fields that the model supports."""
    offered = {
        "duration_seconds": (int(video.duration_seconds), model.durations),
        "aspect_ratio": (video.aspect_ratio, model.aspect_ratios),
        "resolution": (video.resolution, model.resolutions),
    }
    optional = {
        "negative_prompt": video.negative_prompt,
        "seed": None if video.seed is None else int(video.seed),
    }
    return {
        "source_image": video.source_image,
        **{name: value for name, (value, values) in offered.items() if value in values},
        **{name: value for name, value in optional.items() if name in model.options},
    }


def _stored_prompt(video: Video) -> ResolvedPrompt:
    return ResolvedPrompt(
        prompt=video.prompt,
        template=video.template,
        template_version=None if video.template_version is None else int(video.template_version),
        final_prompt=video.final_prompt,
    )
