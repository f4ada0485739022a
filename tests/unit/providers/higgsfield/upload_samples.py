"""Sample images and upload targets."""

from typing import Any

from keepreel.errors import ErrorCode, Failure
from tests.unit.providers.scripted_server import ScriptedServer

JPEG = b"\xff\xd8\xff\xe0 a portrait"
PNG = b"\x89PNG\r\n\x1a\n a portrait"
PUBLIC_URL = "https://images.higgsfield.ai/canary/portrait.jpg"
UPLOAD_FAILED = Failure(
    code=ErrorCode.PROVIDER_ERROR,
    message="The image could not be uploaded to Higgsfield. Try again later, or use an image with a public https URL. "
    "Nothing was charged.",
)


def upload_target(server: ScriptedServer, **changes: object) -> dict[str, Any]:
    """Return an upload target on the configured host, which is the scripted server."""
    target = {
        "upload_url": f"{server.base_url}/put/here?signature=canary",
        "public_url": PUBLIC_URL,
        "content_type": "image/jpeg",
        "upload_headers": {"Content-Type": "image/jpeg", "X-Upload-Tagging": "source=api"},
    }
    return {**target, **changes}
