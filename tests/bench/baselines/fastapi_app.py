"""The API as one FastAPI application behind Mangum."""

from collections.abc import Iterator
from contextlib import contextmanager
from html import escape
from typing import Annotated, Any

from fastapi import Depends, FastAPI, HTTPException, Query, Request
from fastapi.responses import HTMLResponse
from mangum import Mangum

from keepreel.schemas.video_responses import Video
from tests.bench.baselines import store
from tests.bench.baselines.shapes import SHARE_PAGE, VideoPage, VideoRequest, page, video

app = FastAPI()
PAGE = "<!doctype html><title>Videos</title>"


def owner(request: Request) -> str:
    claims = request.scope["aws.event"]["requestContext"]["authorizer"]["jwt"]["claims"]
    return f"user#{claims['sub']}"


Owner = Annotated[str, Depends(owner)]


@contextmanager
def not_found() -> Iterator[None]:
    try:
        yield
    except store.NotFound:
        raise HTTPException(404, "There is no such video.") from None


@app.get("/")
def get_page() -> HTMLResponse:
    return HTMLResponse(PAGE)


@app.post("/v1/videos", status_code=202)
def create_video(request: VideoRequest, owner: Owner) -> Video:
    return video(store.create(owner, request.model_dump()))


@app.get("/v1/videos")
def list_videos(owner: Owner, limit: Annotated[int, Query(ge=1, le=100)] = 20) -> VideoPage:
    return page(store.queried(owner, limit=limit))


@app.get("/v1/videos/{video_id}")
def get_video(video_id: str, owner: Owner) -> Video:
    with not_found():
        return video(store.status(owner, video_id))


@app.get("/s/{token}")
def get_shared_video(token: str) -> HTMLResponse:
    with not_found():
        shown = video(store.shared(token))
    return HTMLResponse(SHARE_PAGE.format(title=escape(shown.final_prompt), url=shown.video_url))


lambda_handler: Any = Mangum(app, lifespan="off")
