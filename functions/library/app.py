"""GET the videos of a person or a community, and a file of one: what an owner has."""

from typing import Any

from aws_lambda_powertools.event_handler import Response
from aws_lambda_powertools.utilities.typing import LambdaContext

from keepreel import api, library, views
from keepreel.inputs import PageQuery

app = api.resolver()


@app.get("/v1/videos")
def list_videos() -> Response[str]:
    return _page(owner=api.owner(app))


@app.get("/v1/communities/<community_id>/videos")
def list_bot_videos(community_id: str) -> Response[str]:
    return _page(owner=api.community_owner(app, community_id))


@app.get("/v1/videos/<video_id>/download")
def download(video_id: str) -> Response[str]:
    return _file(owner=api.owner(app), video_id=video_id)


@app.get("/v1/communities/<community_id>/videos/<video_id>/download")
def download_bot_video(community_id: str, video_id: str) -> Response[str]:
    return _file(owner=api.community_owner(app, community_id), video_id=video_id)


def _page(*, owner: str) -> Response[str]:
    query = api.query(app, PageQuery)
    return api.answer(200, views.page_json(library.page(owner=owner, limit=query.limit, cursor=query.cursor)))


def _file(*, owner: str, video_id: str) -> Response[str]:
    url = library.download_url(owner=owner, video_id=video_id)
    return api.answer(302, {"url": url}, Location=url)


def lambda_handler(event: dict[str, Any], context: LambdaContext) -> dict[str, Any]:
    return app.resolve(event, context)
