"""POST /v1/uploads and POST /v1/videos: a form for a source image, and videos asked for."""

from typing import Any

from aws_lambda_powertools.event_handler import Response
from aws_lambda_powertools.utilities.typing import LambdaContext

from keepreel.api import create_video as ordering
from keepreel.api import http, serializers
from keepreel.api.openapi import documented
from keepreel.db.tables import Video
from keepreel.media import uploads
from keepreel.providers import registry
from keepreel.schemas.requests import RemixRequest, UploadRequest, VideoRequest
from keepreel.videos import queries, spec
from keepreel.videos.remix import remix
from keepreel.videos.retry import retry

app = http.resolver()


@app.post("/v1/uploads")
@documented(body="UploadRequest", answers={201: "Upload"})
def create_upload() -> Response[str]:
    """A form to post a source image to, and the image's name."""
    request = http.parse(app, UploadRequest)
    upload = uploads.create(
        owner=http.owner(app),
        content_type=request.content_type,
        max_bytes=registry.loosest_limits().max_image_bytes,
    )
    return http.answer(201, serializers.upload_json(upload))


@app.post("/v1/videos")
@documented(body="VideoRequest", answers={200: "DryRun", 202: "CreatedVideos"}, is_creating=True)
def create_video() -> Response[str]:
    """Asks for one video, or for up to four variations."""
    request = http.parse(app, VideoRequest)
    asked = spec.for_user(request, owner=http.owner(app))
    return ordering.answer(app, asked, is_dry_run=request.dry_run)


@app.post("/v1/videos/<video_id>/remix")
@documented(body="RemixRequest", is_body_optional=True, answers={200: "DryRun", 202: "CreatedVideos"}, is_creating=True)
def remix_video(video_id: str) -> Response[str]:
    """The video again, with something changed."""
    request = http.parse(app, RemixRequest, may_be_empty=True)
    asked = remix(_video(video_id), request, created_by=http.owner(app))
    return ordering.answer(app, asked, is_dry_run=request.dry_run)


@app.post("/v1/videos/<video_id>/retry")
@documented(answers={202: "CreatedVideos"}, problems=(409,), is_creating=True)
def retry_video(video_id: str) -> Response[str]:
    """A failed or canceled video once more, as it was."""
    return ordering.answer(app, retry(_video(video_id), created_by=http.owner(app)), is_dry_run=False)


def _video(video_id: str) -> Video:
    return queries.get(owner=http.owner(app), video_id=video_id)


def lambda_handler(event: dict[str, Any], context: LambdaContext) -> dict[str, Any]:
    return app.resolve(event, context)
