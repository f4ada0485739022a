"""Requests and responses of the baselines' API. The response is the one of our OpenAPI document, as its own models."""

from typing import Any

from pydantic import BaseModel, Field

from keepreel.schemas.video_responses import Cost, Counts, Video, VideoLinks, VideoPage

__all__ = ["SHARE_PAGE", "VideoPage", "VideoRequest", "page", "video"]

SHARE_PAGE = """<!doctype html><html lang="en"><meta charset="utf-8"><title>{title}</title>
<meta property="og:video" content="{url}"><video controls src="{url}"></video></html>"""
_FIELDS = tuple(Video.model_fields)


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
    fields: dict[str, Any] = {name: stored.get(name) for name in _FIELDS}
    fields |= {
        "id": stored["video_id"],
        "user_id": stored["owner"].removeprefix("user#"),
        "source_image_url": stored.get("source_image"),
        "video_url": f"{file}/video.mp4",
        "thumbnail_url": f"{file}/thumbnail.jpg",
        "ai_generated": True,
        "poll_after_seconds": 5 if stored["status"] != "completed" else None,
        "elapsed_seconds": 0,
        "counts": Counts(views=stored.get("views", 0), shares=0, downloads=stored.get("downloads", 0)),
        "cost": Cost(estimated_usd=0.21, actual_usd=None),
        "links": VideoLinks(self=path, download=f"{path}/download", share=f"{path}/share", delete=path),
    }
    return Video(**fields)


def page(stored: list[dict[str, Any]]) -> VideoPage:
    return VideoPage(videos=[video(it) for it in stored], next_cursor=None)
