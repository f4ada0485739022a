"""Serialize videos and other objects to JSON. Missing values are null, and times are ISO 8601 in UTC."""

from collections.abc import Sequence
from dataclasses import asdict
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from keepreel.db import owners
from keepreel.db.readable import readable
from keepreel.db.status import DOWNLOADABLE, RETRYABLE, SHAREABLE, UNFINISHED, Status, allowed_from
from keepreel.db.tables import Community, Video
from keepreel.media import storage, uploads
from keepreel.media.uploads import Upload
from keepreel.models import catalog
from keepreel.models.model import Model
from keepreel.providers import registry
from keepreel.videos.queries import Page
from keepreel.workflow import intervals

if TYPE_CHECKING:  # these modules load pydantic and Pillow, which functions that only read videos do not need
    from keepreel import communities
    from keepreel.db.quotas import Remaining
    from keepreel.prompts.resolve import ResolvedPrompt
    from keepreel.prompts.templates import Template
    from keepreel.videos.sharing import Link
    from keepreel.videos.spec import VideoSpec
    from keepreel.videos.stats import Stats


# The actions on a video: the path below the video's own, and the statuses in which the action is available.
_LINKS = {
    "self": ("", frozenset(Status)),
    "download": ("/download", DOWNLOADABLE),
    "share": ("/share", SHAREABLE),
    "cancel": ("/cancel", allowed_from(Status.CANCELED)),
    "retry": ("/retry", RETRYABLE),
    "remix": ("/remix", allowed_from(Status.DELETING)),
    "delete": ("", allowed_from(Status.DELETING)),
}


def video_json(video: Video) -> dict[str, Any]:
    is_completed = video.status == Status.COMPLETED
    return {
        "id": video.video_id,
        "owner": video.owner,
        "type": video.type,
        "status": video.status,
        "prompt": video.prompt,
        "final_prompt": video.final_prompt,
        "template": _template(video),
        "negative_prompt": video.negative_prompt,
        "provider": video.provider,
        "model": video.model,
        "duration_seconds": int(video.duration_seconds),
        "aspect_ratio": video.aspect_ratio,
        "resolution": video.resolution,
        "source_image_url": video.source_image,
        "video_url": storage.public_url(storage.video_key(video)) if is_completed else None,
        "thumbnail_url": storage.public_url(storage.thumbnail_key(video)) if is_completed else None,
        "width": _int(video.width),
        "height": _int(video.height),
        "size_bytes": _int(video.size_bytes),
        "sha256": video.sha256,
        "measured_seconds": video.measured_seconds,
        # The error is recorded a moment before the status changes.
        "error": _error(video) if video.status == Status.FAILED else None,
        "poll_after_seconds": intervals.poll_after_seconds(video),
        "elapsed_seconds": _elapsed_seconds(video),
        "usual_seconds": _usual_seconds(catalog.models().get(video.model)),
        "seed": _int(video.seed),
        "batch_id": video.batch_id,
        "batch_index": _int(video.batch_index),
        "remixed_from": video.remixed_from,
        "counts": {"views": int(video.views), "shares": int(video.shares), "downloads": int(video.downloads)},
        "cost": {"estimated_usd": video.estimated_cost_cents / 100, "actual_usd": video.actual_cost_usd},
        "created_at": _iso_time(video.created_at),
        "updated_at": _iso_time(video.updated_at),
        "completed_at": _iso_time(video.completed_at),
        "links": _links(video),
    }


def created_json(videos: Sequence[Video]) -> dict[str, Any]:
    """Serialize the first video of a request, with all of its videos in order under `videos`."""
    serialized = [video_json(video) for video in videos]
    return {**serialized[0], "videos": serialized}


def dry_run_json(spec: "VideoSpec", remaining: "Remaining") -> dict[str, Any]:
    return {
        "dry_run": True,
        "type": spec.type,
        "final_prompt": spec.prompt.final_prompt,
        "model": spec.model.id,
        **spec.format.model_dump(),
        "source_image_url": spec.source_image,
        "variations": spec.variations,
        "cost": {
            "estimated_usd": spec.cents / 100,
            "estimated_usd_each": spec.cents_each / 100,
            "is_price_verified": spec.model.price_verified_at is not None,
        },
        "remaining": {
            "videos_today": remaining.videos,
            "usd_today": remaining.cents / 100,
            "in_flight": remaining.in_flight,
        },
    }


def prompt_json(spec: "VideoSpec") -> dict[str, Any]:
    return {
        "type": spec.type,
        "final_prompt": spec.prompt.final_prompt,
        "template": _template(spec.prompt),
        "model": spec.model.id,
        "source_image_url": spec.source_image,
    }


def page_json(page: Page) -> dict[str, Any]:
    videos = readable(page.videos, video_json, fields=lambda it: {"owner": it.owner, "video_id": it.video_id})
    return {"videos": videos, "next_cursor": page.next_cursor}


def share_json(link: "Link") -> dict[str, Any]:
    return {"url": link.url, "expires_at": _iso_time(link.expires_at)}


def stats_json(stats: "Stats") -> dict[str, Any]:
    days = [{"day": day.isoformat(), **asdict(counts)} for day, counts in stats.days.items()]
    return {"total": asdict(stats.total), "days": days}


def upload_json(upload: Upload) -> dict[str, Any]:
    return {
        "upload": {"url": upload.url, "fields": upload.fields},
        "source_image": upload.source_image,
        "expires_at": _iso_time(upload.expires_at),
    }


def community_json(community: Community) -> dict[str, Any]:
    return {
        "id": community.community_id,
        "name": community.name,
        "agent_name": community.agent_name,
        "agent_instructions": community.agent_instructions,
        "avatar": community.avatar,
        "avatar_url": uploads.view_url(owner=community.owner_id, source_image=community.avatar)
        if community.avatar
        else None,
        "token_name": community.token_name,
        "token_symbol": community.token_symbol,
        "created_at": _iso_time(community.created_at),
        "updated_at": _iso_time(community.updated_at),
        "links": {
            "self": f"/v1/communities/{community.community_id}",
            "videos": f"/v1/communities/{community.community_id}/videos",
            "prompt": f"/v1/communities/{community.community_id}/prompt",
        },
    }


def model_json(model: Model) -> dict[str, Any]:
    return {
        "id": model.id,
        "name": model.name,
        "provider": model.provider,
        "flows": model.flows,
        "duration_seconds": model.durations,
        "aspect_ratios": model.aspect_ratios,
        "resolutions": model.resolutions,
        "takes_negative_prompt": "negative_prompt" in model.options,
        "takes_seed": "seed" in model.options,
        "limits": asdict(model.limits),
        "usd_per_second": {it: model.price({"resolution": it}).usd(duration_seconds=1) for it in model.resolutions},
        "price_verified_at": model.price_verified_at and model.price_verified_at.isoformat(),
        "usual_seconds": _usual_seconds(model),
        "default_for": [role for role in catalog.DEFAULTS if catalog.default_model(role) == model],
        "notes": model.notes,
    }


def template_json(template: "Template") -> dict[str, Any]:
    fields = ("name", "label", "required", "longest", "default", "example", "flows")
    return {
        "id": template.id,
        "version": template.version,
        "name": template.name,
        "category": template.category,
        "description": template.description,
        "type": template.type,
        "flows": template.flows,
        "variables": [{name: getattr(variable, name) for name in fields} for variable in template.variables],
        "wording": template.wording,
    }


def communities_json(page: "communities.Page") -> dict[str, Any]:
    communities = readable(page.communities, community_json, fields=lambda it: {"community_id": it.community_id})
    return {"communities": communities, "next_cursor": page.next_cursor}


def _links(video: Video) -> dict[str, str]:
    """Return the video's URL and those of its available actions. An action without a link would be refused."""
    community_id = owners.community_id(video.owner)
    folder = "/v1/videos" if community_id is None else f"/v1/communities/{community_id}/videos"
    self_url = f"{folder}/{video.video_id}"
    links = {name: self_url + path for name, (path, statuses) in _LINKS.items() if video.status in statuses}
    if video.provider_task_id is not None and not registry.can_cancel(video.provider):
        links.pop("cancel", None)
    return links


def _template(source: "Video | ResolvedPrompt") -> dict[str, Any] | None:
    return {"id": source.template, "version": _int(source.template_version)} if source.template else None


def _error(video: Video) -> dict[str, str | None]:
    return {"code": video.error_code, "message": video.error_message}


def _elapsed_seconds(video: Video) -> float:
    until = datetime.now(UTC) if video.status in UNFINISHED else video.completed_at or video.updated_at
    return round((until - video.created_at).total_seconds(), 1)


def _usual_seconds(model: Model | None) -> dict[str, int] | None:
    """Return None for a model that is no longer in the catalog."""
    return None if model is None else dict(zip(("fastest", "usually"), model.usual_seconds, strict=True))


def _int(number: float | None) -> int | None:
    return None if number is None else int(number)


def _iso_time(at: datetime | None) -> str | None:
    return None if at is None else at.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
