"""What an owner has, a person or a community: lists, files, share links, and how often they were seen."""

from typing import Any

from aws_lambda_powertools.event_handler import Response
from aws_lambda_powertools.utilities.typing import LambdaContext

from keepreel import analytics, api, library, sharing, views
from keepreel.documented import documented
from keepreel.inputs import DownloadQuery, ListQuery, ShareRequest

app = api.resolver()


@app.get("/v1/videos")
@documented(query="ListQuery", answers={200: "VideoPage"})
def list_videos() -> Response[str]:
    """Your videos, newest first."""
    return _page(owner=api.owner(app))


@app.get("/v1/communities/<community_id>/videos")
@documented(query="ListQuery", answers={200: "VideoPage"})
def list_bot_videos(community_id: str) -> Response[str]:
    """A community's videos, newest first."""
    return _page(owner=api.community_owner(app, community_id))


@app.route("/v1/videos/<video_id>/download", method=["GET", "HEAD"])
@documented(query="DownloadQuery", answers={200: "DownloadLink", 302: "DownloadLink"}, problems=(409,))
def download_video(video_id: str) -> Response[str]:
    """A link that saves the video or its first frame under a name."""
    return _file(owner=api.owner(app), video_id=video_id)


@app.route("/v1/communities/<community_id>/videos/<video_id>/download", method=["GET", "HEAD"])
@documented(query="DownloadQuery", answers={200: "DownloadLink", 302: "DownloadLink"}, problems=(409,))
def download_bot_video(community_id: str, video_id: str) -> Response[str]:
    """A link that saves a community's video or its first frame under a name."""
    return _file(owner=api.community_owner(app, community_id), video_id=video_id)


@app.post("/v1/videos/<video_id>/share")
@documented(body="ShareRequest", is_body_optional=True, answers={201: "ShareLink"}, problems=(409,))
def share_video(video_id: str) -> Response[str]:
    """The public link of the video; the same one until it is revoked."""
    return _share(owner=api.owner(app), video_id=video_id)


@app.post("/v1/communities/<community_id>/videos/<video_id>/share")
@documented(body="ShareRequest", is_body_optional=True, answers={201: "ShareLink"}, problems=(409,))
def share_bot_video(community_id: str, video_id: str) -> Response[str]:
    """The public link of a community's video; the same one until it is revoked."""
    return _share(owner=api.community_owner(app, community_id), video_id=video_id)


@app.delete("/v1/videos/<video_id>/share")
@documented(answers={204: ""})
def unshare_video(video_id: str) -> Response[str]:
    """Revokes the video's public link at once."""
    return _unshare(owner=api.owner(app), video_id=video_id)


@app.delete("/v1/communities/<community_id>/videos/<video_id>/share")
@documented(answers={204: ""})
def unshare_bot_video(community_id: str, video_id: str) -> Response[str]:
    """Revokes the public link of a community's video at once."""
    return _unshare(owner=api.community_owner(app, community_id), video_id=video_id)


@app.get("/v1/stats")
@documented(answers={200: "Stats"})
def stats() -> Response[str]:
    """How often your videos were seen, shared and downloaded, by day."""
    return _stats(owner=api.owner(app))


@app.get("/v1/communities/<community_id>/stats")
@documented(answers={200: "Stats"})
def community_stats(community_id: str) -> Response[str]:
    """How often a community's videos were seen, shared and downloaded, by day."""
    return _stats(owner=api.community_owner(app, community_id))


def _page(*, owner: str) -> Response[str]:
    page = library.page(owner=owner, query=api.query(app, ListQuery))
    return api.answer(200, views.page_json(page))


def _file(*, owner: str, video_id: str) -> Response[str]:
    query, method = api.query(app, DownloadQuery), app.current_event.http_method
    url = library.download_url(owner=owner, video_id=video_id, variant=query.variant, method=method)
    return api.answer(302, {"url": url}, Location=url) if query.redirect else api.answer(200, {"url": url})


def _share(*, owner: str, video_id: str) -> Response[str]:
    request = api.parse(app, ShareRequest, may_be_empty=True)
    share = sharing.share(library.one(owner=owner, video_id=video_id), days=request.expires_in_days)
    return api.answer(201, views.share_json(share), Location=share.url)


def _unshare(*, owner: str, video_id: str) -> Response[str]:
    sharing.revoke(library.one(owner=owner, video_id=video_id))
    return api.nothing()


def _stats(*, owner: str) -> Response[str]:
    return api.answer(200, views.stats_json(analytics.stats(owner)))


def lambda_handler(event: dict[str, Any], context: LambdaContext) -> dict[str, Any]:
    return app.resolve(event, context)
