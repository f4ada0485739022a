"""Community videos: POST /v1/communities/{community_id}/videos, events on the bus, and schedules.

Events: CommunityCreated {community_id, intro_video}, TokenLaunched {community_id, token_name?, token_symbol?}.
Schedule: {community_id, type, …} with anything that the POST takes, and scheduled_time. Answer: {video_ids}.
"""

from typing import Any

from aws_lambda_powertools.event_handler import Response
from aws_lambda_powertools.utilities.typing import LambdaContext

from keepreel import api, ordering, orders, triggers
from keepreel.inputs import BotVideoRequest

app = api.resolver()


@app.post("/v1/communities/<community_id>/videos")
def create_bot_video(community_id: str) -> Response[str]:
    community = api.community(app, community_id)
    request = api.parse(app, BotVideoRequest)
    order = orders.of_community(request, community, created_by=api.owner(app))
    return ordering.answer(app, order, is_dry_run=request.dry_run)


def lambda_handler(event: dict[str, Any], context: LambdaContext) -> dict[str, Any]:
    if "requestContext" in event:
        return app.resolve(event, context)
    created = triggers.handle(event)
    return {"video_ids": [video.video_id for video in created.videos] if created else []}
