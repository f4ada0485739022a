"""The video library of a user or a community: lists, downloads, share links, statistics."""

from typing import Any

from aws_lambda_powertools.utilities.typing import LambdaContext

from keepreel import logs
from keepreel.api import http, serializers, video_serializers
from keepreel.api.openapi import documented
from keepreel.powertools import Response
from keepreel.schemas.queries import DownloadQuery, ListQuery
from keepreel.videos import queries, sharing, stats

app = http.resolver()


@app.get("/v1/videos")
@app.get("/v1/communities/<community_id>/videos")
@documented(query="ListQuery", responses={200: "VideoPage"})
def list_videos(community_id: str | None = None) -> Response[str]:
    """List videos, newest first. Filters are combined. The status `unfinished` stands for all videos that still run.

    With several filters, a page may be short or empty and still have a `next_cursor`.
    """
    page = queries.page(owner=http.owner(app, community_id), query=http.parse_query(app, ListQuery))
    return http.json_response(200, video_serializers.page_json(page))


@app.route("/v1/videos/<video_id>/download", method=["GET", "HEAD"])
@app.route("/v1/communities/<community_id>/videos/<video_id>/download", method=["GET", "HEAD"])
@documented(query="DownloadQuery", responses={200: "DownloadLink", 302: "DownloadLink"}, problems=(409,))
def download_video(video_id: str, community_id: str | None = None) -> Response[str]:
    """Get a short-lived URL that saves the video or its thumbnail as a file. The URL is valid for 15 minutes."""
    owner, query = http.owner(app, community_id), http.parse_query(app, DownloadQuery)
    method, is_redirect = app.current_event.http_method, query.redirect
    url = queries.download_url(owner=owner, video_id=video_id, variant=query.variant, method=method)
    return http.json_response(302 if is_redirect else 200, {"url": url}, Location=url if is_redirect else None)


@app.get("/v1/videos/<video_id>/credentials")
@app.get("/v1/communities/<community_id>/videos/<video_id>/credentials")
@documented(responses={200: "Credentials"}, problems=(409,))
def get_credentials(video_id: str, community_id: str | None = None) -> Response[str]:
    """Get the content credential (C2PA) of a video's file.

    It is what the C2PA reader reported when the file was stored. Remote credentials are not fetched.
    """
    video = queries.finished(owner=http.owner(app, community_id), video_id=video_id)
    return http.json_response(200, video_serializers.credentials_json(video, queries.credential_report(video)))


@app.post("/v1/videos/<video_id>/share")
@app.post("/v1/communities/<community_id>/videos/<video_id>/share")
@documented(body="ShareRequest", is_body_optional=True, responses={201: "ShareLink"}, problems=(409,))
def share_video(video_id: str, community_id: str | None = None) -> Response[str]:
    """Create the video's public link, or get the existing one. The link shows the video, without owner and prompt."""
    from keepreel.schemas.requests import ShareRequest  # loads pydantic, which this function's other routes do not need

    owner, request = http.owner(app, community_id), http.parse_body(app, ShareRequest, may_be_empty=True)
    link = sharing.share(queries.get(owner=owner, video_id=video_id), days=request.expires_in_days)
    return http.json_response(201, serializers.share_json(link), Location=link.url)


@app.delete("/v1/videos/<video_id>/share")
@app.delete("/v1/communities/<community_id>/videos/<video_id>/share")
@documented(responses={204: ""})
def unshare_video(video_id: str, community_id: str | None = None) -> Response[str]:
    """Revoke the video's public link at once. Without a link this does nothing."""
    sharing.revoke(queries.get(owner=http.owner(app, community_id), video_id=video_id))
    return http.no_content()


@app.get("/v1/stats")
@app.get("/v1/communities/<community_id>/stats")
@documented(responses={200: "Stats"})
def get_stats(community_id: str | None = None) -> Response[str]:
    """Get the number of views, shares and downloads, in total and by day. Bots are not counted."""
    return http.json_response(200, serializers.stats_json(stats.for_owner(http.owner(app, community_id))))


@logs.with_context
def lambda_handler(event: dict[str, Any], context: LambdaContext) -> dict[str, Any]:
    return app.resolve(event, context)
