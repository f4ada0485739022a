"""GET one video, a person's or a community's: one read of the record, never a call to the provider."""

from typing import Any

from aws_lambda_powertools.event_handler import Response
from aws_lambda_powertools.utilities.typing import LambdaContext

from keepreel import api, library, views

app = api.resolver()


@app.get("/v1/videos/<video_id>")
def get_video(video_id: str) -> Response[str]:
    return _shown(owner=api.owner(app), video_id=video_id)


@app.get("/v1/communities/<community_id>/videos/<video_id>")
def get_bot_video(community_id: str, video_id: str) -> Response[str]:
    return _shown(owner=api.community_owner(app, community_id), video_id=video_id)


def _shown(*, owner: str, video_id: str) -> Response[str]:
    video = views.video_json(library.one(owner=owner, video_id=video_id))
    return api.answer(200, video, Retry_After=api.retry_after(video))


def lambda_handler(event: dict[str, Any], context: LambdaContext) -> dict[str, Any]:
    return app.resolve(event, context)
