"""What an owner has, a person or a community: lists, files, share links, and how often they were seen."""

from typing import Any

from aws_lambda_powertools.event_handler import Response
from aws_lambda_powertools.utilities.typing import LambdaContext

from keepreel.api import http, serializers
from keepreel.api.openapi import documented
from keepreel.schemas.requests import DownloadQuery, ListQuery, ShareRequest
from keepreel.videos import queries, sharing, stats

app = http.resolver()


@app.get("/v1/videos")
@documented(query="ListQuery", answers={200: "VideoPage"})
def list_videos() -> Response[str]:
    """Your videos, newest first."""
    return _page(owner=http.owner(app))


@app.get("/v1/communities/<community_id>/videos")
@documented(query="ListQuery", answers={200: "VideoPage"})
def list_bot_videos(community_id: str) -> Response[str]:
    """A community's videos, newest first."""
    return _page(owner=http.community_owner(app, community_id))


@app.route("/v1/videos/<video_id>/download", method=["GET", "HEAD"])
@documented(query="DownloadQuery", answers={200: "DownloadLink", 302: "DownloadLink"}, problems=(409,))
def download_video(video_id: str) -> Response[str]:
    """A link that saves the video or its first frame under a name."""
    return _file(owner=http.owner(app), video_id=video_id)


@app.route("/v1/communities/<community_id>/videos/<video_id>/download", method=["GET", "HEAD"])
@documented(query="DownloadQuery", answers={200: "DownloadLink", 302: "DownloadLink"}, problems=(409,))
def download_bot_video(community_id: str, video_id: str) -> Response[str]:
    """A link that saves a community's video or its first frame under a name."""
    return _file(owner=http.community_owner(app, community_id), video_id=video_id)


@app.post("/v1/videos/<video_id>/share")
@documented(body="ShareRequest", is_body_optional=True, answers={201: "ShareLink"}, problems=(409,))
def share_video(video_id: str) -> Response[str]:
    """The public link of the video; the same one until it is revoked."""
    return _share(owner=http.owner(app), video_id=video_id)


@app.post("/v1/communities/<community_id>/videos/<video_id>/share")
@documented(body="ShareRequest", is_body_optional=True, answers={201: "ShareLink"}, problems=(409,))
def share_bot_video(community_id: str, video_id: str) -> Response[str]:
    """The public link of a community's video; the same one until it is revoked."""
    return _share(owner=http.community_owner(app, community_id), video_id=video_id)


@app.delete("/v1/videos/<video_id>/share")
@documented(answers={204: ""})
def unshare_video(video_id: str) -> Response[str]:
    """Revokes the video's public link at once."""
    return _unshare(owner=http.owner(app), video_id=video_id)


@app.delete("/v1/communities/<community_id>/videos/<video_id>/share")
@documented(answers={204: ""})
def unshare_bot_video(community_id: str, video_id: str) -> Response[str]:
    """Revokes the public link of a community's video at once."""
    return _unshare(owner=http.community_owner(app, community_id), video_id=video_id)


@app.get("/v1/stats")
@documented(answers={200: "Stats"})
def get_stats() -> Response[str]:
    """How often your videos were seen, shared and downloaded, by day."""
    return _stats(owner=http.owner(app))


@app.get("/v1/communities/<community_id>/stats")
@documented(answers={200: "Stats"})
def get_community_stats(community_id: str) -> Response[str]:
    """How often a community's videos were seen, shared and downloaded, by day."""
    return _stats(owner=http.community_owner(app, community_id))


def _page(*, owner: str) -> Response[str]:
    page = queries.page(owner=owner, query=http.query(app, ListQuery))
    return http.answer(200, serializers.page_json(page))


def _file(*, owner: str, video_id: str) -> Response[str]:
    query, method = http.query(app, DownloadQuery), app.current_event.http_method
    url = queries.download_url(owner=owner, video_id=video_id, variant=query.variant, method=method)
    return http.answer(302, {"url": url}, Location=url) if query.redirect else http.answer(200, {"url": url})


def _share(*, owner: str, video_id: str) -> Response[str]:
    request = http.parse(app, ShareRequest, may_be_empty=True)
    share = sharing.share(queries.get(owner=owner, video_id=video_id), days=request.expires_in_days)
    return http.answer(201, serializers.share_json(share), Location=share.url)


def _unshare(*, owner: str, video_id: str) -> Response[str]:
    sharing.revoke(queries.get(owner=owner, video_id=video_id))
    return http.nothing()


def _stats(*, owner: str) -> Response[str]:
    return http.answer(200, serializers.stats_json(stats.for_owner(owner)))


def lambda_handler(event: dict[str, Any], context: LambdaContext) -> dict[str, Any]:
    return app.resolve(event, context)
