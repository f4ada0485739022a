"""GET /v1/videos and GET /v1/videos/{video_id}/download: what an owner has, and a file of it."""

from typing import Any

from aws_lambda_powertools.event_handler import Response
from aws_lambda_powertools.utilities.typing import LambdaContext

from keepreel import api, inputs, library, views

app = api.resolver()


@app.get("/v1/videos")
def list_videos() -> Response[str]:
    query = inputs.page_query(app.current_event.query_string_parameters)
    page = library.page(owner=api.owner(app), limit=query.limit, cursor=query.cursor)
    return api.answer(200, views.page_json(page))


@app.get("/v1/videos/<video_id>/download")
def download(video_id: str) -> Response[str]:
    url = library.download_url(owner=api.owner(app), video_id=video_id)
    return api.answer(302, {"url": url}, Location=url)


def lambda_handler(event: dict[str, Any], context: LambdaContext) -> dict[str, Any]:
    return app.resolve(event, context)
