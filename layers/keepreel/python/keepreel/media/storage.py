"""Media files in the bucket: keys, URLs, uploads, reads and deletion. The public reads them through the CDN only."""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from botocore.exceptions import ClientError

from keepreel import aws
from keepreel.db.tables import Video
from keepreel.errors import NotFound
from keepreel.media import origins
from keepreel.settings import settings

_CHUNK_BYTES = 256 * 1024
_CACHE_BRIEFLY = "public, max-age=300"
# A conditional write that lost: the condition failed, two writes ran at once, or the file to replace is gone.
_NOT_WRITTEN = (404, 409, 412)
_MISSING = 404  # 403 is a missing right: with s3:ListBucket, which each reader has, S3 returns 404 for a missing key
_CACHE_FOREVER = "public, max-age=31536000, immutable"
_DOWNLOAD_URL_SECONDS = 900


def video_key(video: Video) -> str:
    return f"media/{video.video_id}/{video.media_secret}/video.mp4"


def thumbnail_key(video: Video) -> str:
    return f"media/{video.video_id}/{video.media_secret}/thumbnail.jpg"


def report_key(video: Video) -> str:
    return f"media/{video.video_id}/{video.media_secret}/credentials.json"


def keys(video: Video) -> tuple[str, ...]:
    """Return the keys of all files that a video may have."""
    return video_key(video), thumbnail_key(video), report_key(video)


def public_url(key: str) -> str:
    """Return a file's permanent public URL. Its path is the key, which contains the video's secret."""
    return f"{origins.public()}/{key}"


def download_url(key: str, *, filename: str, method: str = "GET") -> str:
    """Return a URL, valid for 15 minutes, with which a browser saves the file under this name.

    `method` is GET or HEAD. The signature covers it, so a URL for one method is invalid for the other.
    """
    disposition = f'attachment; filename="{filename}"'
    return aws.s3().generate_presigned_url(
        "get_object",
        Params={"Bucket": settings().media_bucket, "Key": key, "ResponseContentDisposition": disposition},
        ExpiresIn=_DOWNLOAD_URL_SECONDS,
        HttpMethod=method,
    )


def put_thumbnail(key: str, content: bytes) -> None:
    aws.s3().put_object(
        Bucket=settings().media_bucket, Key=key, Body=content, ContentType="image/jpeg", CacheControl=_CACHE_FOREVER
    )


def delete(*keys: str) -> None:
    """Delete files with one call. Missing keys are ignored. Raises ClientError for the first file that stays."""
    files: Any = {"Objects": [{"Key": key} for key in keys], "Quiet": True}
    response = aws.s3().delete_objects(Bucket=settings().media_bucket, Delete=files)
    for error in response.get("Errors", []):  # S3 answers 200 for failures, too
        details: Any = {"Error": {"Code": error.get("Code", ""), "Message": error.get("Message", "")}}
        raise ClientError(details, "DeleteObjects")


def put_video(key: str, path: Path, *, replaces: str | None = None, is_final: bool = True) -> bool:
    """Store a video file in one atomic write, unless another worker was faster: then return False.

    The key must be free, or, with `replaces`, hold the file with this ETag. A file that may be replaced (not
    `is_final`) is cached for minutes only.
    """
    condition: Any = {"IfNoneMatch": "*"} if replaces is None else {"IfMatch": replaces}
    try:
        with path.open("rb") as body:
            aws.s3().put_object(
                Bucket=settings().media_bucket,
                Key=key,
                Body=body,
                ContentType="video/mp4",
                CacheControl=_CACHE_FOREVER if is_final else _CACHE_BRIEFLY,
                **condition,
            )
    except ClientError as error:
        if aws.status(error) in _NOT_WRITTEN:
            return False
        raise
    return True


def fetch(key: str, path: Path) -> str:
    """Copy a stored file to `path` and return its ETag. Raises NotFound."""
    try:
        found = aws.s3().get_object(Bucket=settings().media_bucket, Key=key)
    except ClientError as error:
        if aws.status(error) == _MISSING:
            raise NotFound("There is no such file.") from None
        raise
    with path.open("wb") as file:
        for chunk in found["Body"].iter_chunks(_CHUNK_BYTES):
            file.write(chunk)
    return found["ETag"]


def put_report(key: str, report: Mapping[str, Any]) -> None:
    """Store what the C2PA reader reported about a video's file."""
    aws.s3().put_object(
        Bucket=settings().media_bucket, Key=key, Body=json.dumps(report).encode(), ContentType="application/json"
    )


def read_report(key: str) -> dict[str, Any] | None:
    """Return a stored report, or None if there is none."""
    try:
        found = aws.s3().get_object(Bucket=settings().media_bucket, Key=key)
    except ClientError as error:
        if aws.status(error) == _MISSING:
            return None
        raise
    return dict(json.loads(found["Body"].read()))
