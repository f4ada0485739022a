"""Community videos: POST /v1/communities/{community_id}/videos, events on the bus, and schedules.

Events: CommunityCreated {community_id, intro_video}, TokenLaunched {community_id, token_name?, token_symbol?}.
Schedule: {community_id, type, …} with anything that the POST takes, and scheduled_time. Answer: {video_ids}.
"""

from typing import Any

from aws_lambda_powertools.event_handler import Response
from aws_lambda_powertools.utilities.typing import LambdaContext

from keepreel.api import create_video, http
from keepreel.api.openapi import documented
from keepreel.db.tables import Video
from keepreel.schemas.requests import BotVideoRequest, RemixRequest
from keepreel.videos import queries, spec, triggers
from keepreel.videos.remix import remix
from keepreel.videos.retry import retry

app = http.resolver()


@app.post("/v1/communities/<community_id>/videos")
@documented(body="BotVideoRequest", answers={200: "DryRun", 202: "CreatedVideos"}, is_creating=True)
def create_bot_video(community_id: str) -> Response[str]:
    """Asks for a community's video of a type, or for up to four variations."""
    community = http.community(app, community_id)
    request = http.parse(app, BotVideoRequest)
    asked = spec.for_community(request, community, created_by=http.owner(app))
    return create_video.answer(app, asked, is_dry_run=request.dry_run)


@app.post("/v1/communities/<community_id>/videos/<video_id>/remix")
@documented(body="RemixRequest", is_body_optional=True, answers={200: "DryRun", 202: "CreatedVideos"}, is_creating=True)
def remix_bot_video(community_id: str, video_id: str) -> Response[str]:
    """A community's video again, with something changed."""
    video, request = _video(community_id, video_id), http.parse(app, RemixRequest, may_be_empty=True)
    asked = remix(video, request, created_by=http.owner(app))
    return create_video.answer(app, asked, is_dry_run=request.dry_run)


@app.post("/v1/communities/<community_id>/videos/<video_id>/retry")
@documented(answers={202: "CreatedVideos"}, problems=(409,), is_creating=True)
def retry_bot_video(community_id: str, video_id: str) -> Response[str]:
    """A community's failed or canceled video once more, as it was."""
    asked = retry(_video(community_id, video_id), created_by=http.owner(app))
    return create_video.answer(app, asked, is_dry_run=False)


def _video(community_id: str, video_id: str) -> Video:
    return queries.get(owner=http.community_owner(app, community_id), video_id=video_id)


def lambda_handler(event: dict[str, Any], context: LambdaContext) -> dict[str, Any]:
    if isinstance(event, dict) and "http" in event.get("requestContext", {}):
        return app.resolve(event, context)
    created = triggers.handle(event, request_id=context.aws_request_id)
    return {"video_ids": [video.video_id for video in created.videos] if created else []}
