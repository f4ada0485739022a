"""POST /v1/videos, remix and retry for a user's videos, and POST /v1/uploads for source images."""

from typing import Any

from aws_lambda_powertools.utilities.typing import LambdaContext

from keepreel import logs
from keepreel.api import http, serializers
from keepreel.api.create_video import respond
from keepreel.api.openapi import documented
from keepreel.db.tables import Video
from keepreel.media import uploads
from keepreel.powertools import Response
from keepreel.schemas.requests import RemixRequest, RetryRequest, UploadRequest, VideoRequest
from keepreel.videos import queries, spec
from keepreel.videos.remix import remix
from keepreel.videos.retry import retry

app = http.resolver()


@app.post("/v1/uploads")
@documented(body="UploadRequest", responses={201: "Upload"})
def create_upload() -> Response[str]:
    """Get a form to upload a source image with, and the image's name for later requests.

    The image is checked when a request uses it.
    """
    request = http.parse_body(app, UploadRequest)
    upload = uploads.create(owner=http.user(app), content_type=request.content_type)
    return http.json_response(201, serializers.upload_json(upload))


@app.post("/v1/videos")
@documented(body="VideoRequest", responses={200: "DryRun", 202: "CreatedVideos"}, creates_videos=True)
def create_video() -> Response[str]:
    """Create a video, or up to four variations."""
    request = http.parse_body(app, VideoRequest)
    return respond(app, spec.for_user(request, owner=http.user(app)), is_dry_run=request.dry_run)


@app.post("/v1/videos/<video_id>/remix")
@documented(
    body="RemixRequest", is_body_optional=True, responses={200: "DryRun", 202: "CreatedVideos"}, creates_videos=True
)
def remix_video(video_id: str) -> Response[str]:
    """Create a video again with changed fields."""
    request, video = http.parse_body(app, RemixRequest, may_be_empty=True), _video(video_id)
    return respond(app, remix(video, request, created_by=http.user(app)), is_dry_run=request.dry_run)


@app.post("/v1/videos/<video_id>/retry")
@documented(
    body="RetryRequest", is_body_optional=True, responses={202: "CreatedVideos"}, problems=(409,), creates_videos=True
)
def retry_video(video_id: str) -> Response[str]:
    """Create a failed or canceled video again without changes."""
    request = http.parse_body(app, RetryRequest, may_be_empty=True)
    video = _video(video_id)
    changes = request.model_dump(include={"allow_successor", "max_cost"})
    return respond(app, retry(video, created_by=http.user(app), **changes))


def _video(video_id: str) -> Video:
    return queries.get(owner=http.user(app), video_id=video_id)


@logs.with_context
def lambda_handler(event: dict[str, Any], context: LambdaContext) -> dict[str, Any]:
    return app.resolve(event, context)
