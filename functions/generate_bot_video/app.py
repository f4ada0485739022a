"""Create a community's videos: POST routes, events on the bus, and schedules.

Events: CommunityCreated {community_id, intro_video}, TokenLaunched {community_id, token_name?, token_symbol?}.
Schedule: {community_id, type, …} with any field of the POST body, and scheduled_time. Result: {video_ids}.
"""

from typing import Any

from aws_lambda_powertools.utilities.typing import LambdaContext

from keepreel import logs
from keepreel.api import http
from keepreel.api.create_video import respond
from keepreel.api.openapi import documented
from keepreel.db.tables import Video
from keepreel.powertools import Response
from keepreel.schemas.requests import BotVideoRequest, RemixRequest, RetryRequest
from keepreel.videos import queries, spec, triggers
from keepreel.videos.remix import remix
from keepreel.videos.retry import retry

app = http.resolver()


@app.post("/v1/communities/<community_id>/videos")
@documented(body="BotVideoRequest", responses={200: "DryRun", 202: "CreatedVideos"}, creates_videos=True)
def create_video(community_id: str) -> Response[str]:
    """Create a community's video of a type, or up to four variations."""
    community, request = http.community(app, community_id), http.parse_body(app, BotVideoRequest)
    return respond(app, spec.for_community(request, community, created_by=http.user(app)), is_dry_run=request.dry_run)


@app.post("/v1/communities/<community_id>/videos/<video_id>/remix")
@documented(
    body="RemixRequest", is_body_optional=True, responses={200: "DryRun", 202: "CreatedVideos"}, creates_videos=True
)
def remix_video(community_id: str, video_id: str) -> Response[str]:
    """Create a community's video again with changed fields."""
    video, request = _video(community_id, video_id), http.parse_body(app, RemixRequest, may_be_empty=True)
    return respond(app, remix(video, request, created_by=http.user(app)), is_dry_run=request.dry_run)


@app.post("/v1/communities/<community_id>/videos/<video_id>/retry")
@documented(
    body="RetryRequest", is_body_optional=True, responses={202: "CreatedVideos"}, problems=(409,), creates_videos=True
)
def retry_video(community_id: str, video_id: str) -> Response[str]:
    """Create a community's failed or canceled video again without changes."""
    request = http.parse_body(app, RetryRequest, may_be_empty=True)
    video = _video(community_id, video_id)
    changes = request.model_dump(include={"allow_successor", "max_cost"})
    return respond(app, retry(video, created_by=http.user(app), **changes))


def _video(community_id: str, video_id: str) -> Video:
    return queries.get(owner=http.owner(app, community_id), video_id=video_id)


@logs.with_context
def lambda_handler(event: dict[str, Any], context: LambdaContext) -> dict[str, Any]:
    if isinstance(event, dict) and "http" in event.get("requestContext", {}):
        return app.resolve(event, context)
    created = triggers.handle(event, request_id=context.aws_request_id)
    return {"video_ids": [video.video_id for video in created.videos] if created else []}
