"""Requests and responses of the baselines' API. The response is the one of our OpenAPI document, as its own models."""

from typing import Any

from pydantic import BaseModel, Field

from keepreel.schemas.video_responses import Cost, Counts, Video, VideoLinks, VideoPage

__all__ = ["SHARE_PAGE", "VideoPage", "VideoRequest", "page", "video"]

SHARE_PAGE = """<!doctype html><html lang="en"><meta charset="utf-8"><title>{title}</title>
<meta property="og:video" content="{url}"><video controls src="{url}"></video></html>"""
_SAME = (
    "owner", "created_by", "type", "status", "prompt", "final_prompt", "negative_prompt", "enhanced_prompt",
    "provider", "provider_task_id", "model", "requested_model", "duration_seconds", "aspect_ratio", "resolution",
    "width", "height", "size_bytes", "sha256", "source_sha256", "content_credentials", "measured_seconds", "seed",
    "batch_id", "batch_index", "remixed_from", "created_at", "updated_at", "completed_at", "file_expires_at", "sound",
    "shots", "cfg_scale", "motions", "enhance_prompt", "camera_movement", "watermark",
)  # fmt: skip


class VideoRequest(BaseModel):
    prompt: str = Field(min_length=1, max_length=2500)
    model: str = "kling-2.5-turbo"
    duration_seconds: int = Field(default=5, ge=3, le=15)
    aspect_ratio: str = Field(default="1:1", pattern=r"\d+:\d+")
    resolution: str = "720p"
    negative_prompt: str | None = Field(default=None, max_length=2500)
    source_image: str | None = None


def video(stored: dict[str, Any]) -> Video:
    path = f"/v1/videos/{stored['video_id']}"
    file = f"https://cdn.example.com/media/{stored['video_id']}"
    same: dict[str, Any] = {name: stored.get(name) for name in _SAME}
    return Video(
        **same,
        id=stored["video_id"],
        user_id=stored["owner"].removeprefix("user#"),
        community_id=None,
        template=None,
        delivered_resolution=None,
        source_image_url=stored.get("source_image"),
        end_image_url=None,
        reference_image_urls=None,
        video_url=f"{file}/video.mp4",
        thumbnail_url=f"{file}/thumbnail.jpg",
        ai_generated=True,
        error=None,
        poll_after_seconds=5 if stored["status"] != "completed" else None,
        elapsed_seconds=0,
        usual_seconds=None,
        counts=Counts(views=stored.get("views", 0), shares=0, downloads=stored.get("downloads", 0)),
        cost=Cost(estimated_usd=0.21, actual_usd=None),
        links=VideoLinks(self=path, download=f"{path}/download", share=f"{path}/share", delete=path),
    )


def page(stored: list[dict[str, Any]]) -> VideoPage:
    return VideoPage(videos=[video(it) for it in stored], next_cursor=None)
