"""Three usual ways to copy a file from a URL to S3."""

import hashlib
import os
from collections.abc import Callable
from typing import IO, Any, cast
from uuid import uuid4

import boto3
import botocore.session
import requests
import urllib3

from keepreel.media.mp4 import BoxCheck

_PART_BYTES = 8 * 2**20


def whole(url: str) -> Callable[[], object]:
    """Download all of it into memory, then put it."""
    s3 = boto3.client("s3")
    s3.list_objects_v2(Bucket=_bucket(), MaxKeys=1)
    return lambda: s3.put_object(Bucket=_bucket(), Key=_key(), Body=requests.get(url, timeout=60).content)


def streamed(url: str) -> Callable[[], object]:
    """Stream the response into boto3's managed upload."""
    s3 = boto3.client("s3")
    s3.list_objects_v2(Bucket=_bucket(), MaxKeys=1)

    def run() -> None:
        with requests.get(url, stream=True, timeout=60) as response:
            s3.upload_fileobj(cast("IO[bytes]", response.raw), _bucket(), _key())

    return run


def bare(url: str) -> Callable[[], object]:
    """A multipart upload of 8 MiB parts through one reused buffer, with our hash and our check of the boxes."""
    s3: Any = botocore.session.get_session().create_client("s3")
    s3.list_objects_v2(Bucket=_bucket(), MaxKeys=1)

    def run() -> None:
        key, buffer = _key(), memoryview(bytearray(_PART_BYTES))
        parts: list[dict[str, Any]] = []
        upload = s3.create_multipart_upload(Bucket=_bucket(), Key=key)["UploadId"]
        target = {"Bucket": _bucket(), "Key": key, "UploadId": upload}
        digest, boxes = hashlib.sha256(), BoxCheck(has_known_end=True)
        response = urllib3.PoolManager().request("GET", url, preload_content=False)
        while filled := _fill(response, buffer):
            digest.update(buffer[:filled])
            boxes.feed(bytes(buffer[:filled]))
            number = len(parts) + 1
            part = s3.upload_part(**target, PartNumber=number, Body=bytes(buffer[:filled]))
            parts.append({"ETag": part["ETag"], "PartNumber": number})
        boxes.finish()
        s3.complete_multipart_upload(**target, MultipartUpload={"Parts": parts})

    return run


def _fill(response: urllib3.BaseHTTPResponse, buffer: memoryview) -> int:
    filled = 0
    while filled < len(buffer) and (read := response.readinto(buffer[filled:])):
        filled += read
    return filled


def _bucket() -> str:
    return os.environ["MEDIA_BUCKET"]


def _key() -> str:
    return f"bench/{uuid4()}.mp4"
