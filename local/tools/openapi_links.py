"""Links of the OpenAPI document: which operations take an id or a cursor of a response."""

from collections.abc import Mapping

from local.aws.template import Json
from local.tools.api_operations import COMMUNITY_PATH, Operation

_VIDEO_ACTIONS = ("get", "download", "share", "cancel", "retry", "remix", "delete")
_COMMUNITY_ACTIONS = ("getCommunity", "putCommunity", "previewCommunityPrompt", "createCommunityVideo",
                      "listCommunityVideos", "getCommunityStats")  # fmt: skip
_PAGES = ("VideoPage", "CommunityPage")


def links(operation: Operation, model: str) -> dict[str, Json]:
    """Return the links of a response with this model, by the name of the linked operation."""
    owner = {"community_id": "$request.path.community_id"} if "community_id" in operation.parameters else {}
    if model in ("Video", "VideoDetails", "CreatedVideos"):
        noun = "CommunityVideo" if operation.path.startswith(COMMUNITY_PATH) else "Video"
        parameters = {**owner, "video_id": "$response.body#/id"}
        return dict(_link(f"{action}{noun}", parameters) for action in _VIDEO_ACTIONS)
    if model == "Community":
        parameters = {"community_id": "$response.body#/id"}
        return dict(_link(action, parameters) for action in _COMMUNITY_ACTIONS)
    if model in _PAGES:
        return dict([_link(operation.id, {**owner, "cursor": "$response.body#/next_cursor"})])
    return {}


def _link(operation_id: str, parameters: Mapping[str, str]) -> tuple[str, Json]:
    return operation_id, {"operationId": operation_id, "parameters": dict(parameters)}
