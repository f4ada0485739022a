"""Media files in the bucket: keys, URLs, uploads, reads and deletion. The public reads them through the CDN only."""

import json
import os.path
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
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
_SOURCE_SHA256 = "source-sha256"  # metadata of a stored video


@dataclass(frozen=True, kw_only=True)
class StoredVideo:
    """What S3 keeps beside a video's bytes. `source_sha256` is None for files that older versions stored."""

    etag: str
    source_sha256: str | None


def video_key(video: Video) -> str:
    return f"media/{video.video_id}/{video.media_secret}/video.mp4"


def thumbnail_key(video: Video) -> str:
    return f"media/{video.video_id}/{video.media_secret}/thumbnail.jpg"


def report_key(video: Video) -> str:
    return f"media/{video.video_id}/{video.media_secret}/credentials.json"


def folder(video_id: str) -> str:
    """Return the prefix of all of a video's files."""
    return f"media/{video_id}/"


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


def signed_url(key: str, *, seconds: int) -> str:
    """Return a URL of a file that is valid for this time."""
    parameters = {"Bucket": settings().media_bucket, "Key": key}
    return aws.s3().generate_presigned_url("get_object", Params=parameters, ExpiresIn=seconds)


def list_keys(prefix: str) -> Iterator[str]:
    """Yield the keys of all files under a prefix."""
    for page in aws.s3().get_paginator("list_objects_v2").paginate(Bucket=settings().media_bucket, Prefix=prefix):
        yield from (it["Key"] for it in page.get("Contents", []))


def put_thumbnail(key: str, content: bytes) -> None:
    aws.s3().put_object(
        Bucket=settings().media_bucket, Key=key, Body=content, ContentType="image/jpeg", CacheControl=_CACHE_FOREVER
    )


def delete(*keys: str) -> None:
    """Delete files with one call; the bucket keeps their versions until `purge`. Missing keys are ignored.

    Raises ClientError for the first file that stays.
    """
    _delete([{"Key": key} for key in keys])


def purge(*keys: str) -> None:
    """Delete the files of one folder for good, with all their versions. Missing keys are ignored.

    Raises ClientError for the first version that stays.
    """
    if versions := [it for it in _versions(os.path.commonpath(keys)) if it["Key"] in keys]:
        _delete(versions)


def purge_folder(prefix: str) -> None:
    """Delete every file under a prefix for good, with all its versions. Raises ClientError."""
    bucket, paginator = settings().media_bucket, aws.s3().get_paginator("list_object_versions")
    for page in paginator.paginate(Bucket=bucket, Prefix=prefix):
        versions: list[Any] = [*page.get("Versions", []), *page.get("DeleteMarkers", [])]
        if versions:
            _delete([{"Key": it["Key"], "VersionId": it["VersionId"]} for it in versions])


def copy(source: str, key: str) -> None:
    """Copy a file with its headers, within the bucket. Raises ClientError."""
    bucket = settings().media_bucket
    aws.s3().copy_object(Bucket=bucket, Key=key, CopySource={"Bucket": bucket, "Key": source})


def _delete(objects: list[dict[str, str]]) -> None:
    files: Any = {"Objects": objects, "Quiet": True}
    response = aws.s3().delete_objects(Bucket=settings().media_bucket, Delete=files)
    for error in response.get("Errors", []):  # S3 answers 200 for failures, too
        details: Any = {"Error": {"Code": error.get("Code", ""), "Message": error.get("Message", "")}}
        raise ClientError(details, "DeleteObjects")


def _versions(prefix: str) -> list[dict[str, str]]:
    """Return the versions and delete markers of a video's few files; "null" is the version of an unversioned file."""
    found = aws.s3().list_object_versions(Bucket=settings().media_bucket, Prefix=prefix)
    listed = [*found.get("Versions", ()), *found.get("DeleteMarkers", ())]
    return [{"Key": it["Key"], "VersionId": it["VersionId"]} for it in listed]


def put_video(
    key: str, path: Path, *, source_sha256: str | None, replaces: str | None = None, is_final: bool = True
) -> bool:
    """Store a video file in one atomic write, unless another worker was faster: then return False.

    The key must be free, or, with `replaces`, hold the file with this ETag. `source_sha256` is the hash of the file
    that the provider delivered. A file that may be replaced (not `is_final`) is cached for minutes only.
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
                Metadata={_SOURCE_SHA256: source_sha256} if source_sha256 else {},
                **condition,
            )
    except ClientError as error:
        if aws.status(error) in _NOT_WRITTEN:
            return False
        raise
    return True


def fetch(key: str, path: Path) -> StoredVideo:
    """Copy a stored video to `path`. Raises NotFound."""
    try:
        found = aws.s3().get_object(Bucket=settings().media_bucket, Key=key)
    except ClientError as error:
        if aws.status(error) == _MISSING:
            raise NotFound("There is no such file.") from None
        raise
    with path.open("wb") as file:
        for chunk in found["Body"].iter_chunks(_CHUNK_BYTES):
            file.write(chunk)
    return StoredVideo(etag=found["ETag"], source_sha256=found.get("Metadata", {}).get(_SOURCE_SHA256))


def put_report(key: str, report: Mapping[str, Any]) -> None:
    """Store what the C2PA reader reported about a video's file."""
    put_json(key, report)


def put_json(key: str, content: Mapping[str, Any]) -> None:
    body = json.dumps(content).encode()
    aws.s3().put_object(Bucket=settings().media_bucket, Key=key, Body=body, ContentType="application/json")


def read_report(key: str) -> dict[str, Any] | None:
    """Return a stored report, or None if there is none."""
    try:
        found = aws.s3().get_object(Bucket=settings().media_bucket, Key=key)
    except ClientError as error:
        if aws.status(error) == _MISSING:
            return None
        raise
    return dict(json.loads(found["Body"].read()))
