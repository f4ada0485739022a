"""operationIds come from the handler's name and the path."""

import pytest

from keepreel.api.openapi import Documentation
from local.tools.api_operations import Operation


@pytest.mark.parametrize(
    ("method", "path", "handler", "id"),
    [
        ("GET", "/v1/videos", "list_videos", "listVideos"),
        ("GET", "/v1/communities/{community_id}/videos", "list_videos", "listCommunityVideos"),
        ("GET", "/v1/communities/{community_id}", "get_community", "getCommunity"),
        ("HEAD", "/v1/videos/{video_id}/download", "download_video", "downloadVideoHead"),
        ("GET", "/static/{file}", "get_static_file", "getStaticFile"),
    ],
)
def test_operation_id_names_the_handler_and_the_owner(method: str, path: str, handler: str, id: str) -> None:
    operation = Operation(
        method=method, path=path, handler=handler, docstring="", documentation=Documentation(), is_public=False
    )

    assert operation.id == id
