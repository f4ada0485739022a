"""Media files in the bucket: keys, URLs, uploads, reads and deletion. The public reads them through the CDN only."""

import io
from types import TracebackType
from typing import Self

from keepreel import aws
from keepreel.db.tables import Video
from keepreel.settings import settings

_PART_BYTES = 5 * 1024 * 1024  # S3's smallest part
_READ_BYTES = 256 * 1024
_CACHE_FOREVER = "public, max-age=31536000, immutable"
_DOWNLOAD_URL_SECONDS = 900


def video_key(video: Video) -> str:
    return f"media/{video.video_id}/{video.media_secret}/video.mp4"


def thumbnail_key(video: Video) -> str:
    return f"media/{video.video_id}/{video.media_secret}/thumbnail.jpg"


def public_base() -> str:
    """Return the deployment's public URL, without a trailing slash."""
    return settings().public_url or aws.parameter(settings().public_url_parameter).rstrip("/")


def public_url(key: str) -> str:
    """Return a file's permanent public URL. Its path is the key, which contains the video's secret."""
    return f"{public_base()}/{key}"


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
    """Delete files. Missing keys are ignored. One call per key, because a bulk delete returns 200 for failures."""
    for key in keys:
        aws.s3().delete_object(Bucket=settings().media_bucket, Key=key)


class Writer:
    """Streams a video into the bucket in 5 MiB parts, so that memory use does not depend on the file's size.

    The file exists only after `finish`; leaving the `with` block without it aborts the upload.
    """

    def __init__(self, key: str) -> None:
        self._bucket, self._key = settings().media_bucket, key
        self._buffer = bytearray()
        self._tags: list[str] = []
        self._upload_id: str | None = None

    def __enter__(self) -> Self:
        upload = aws.s3().create_multipart_upload(
            Bucket=self._bucket, Key=self._key, ContentType="video/mp4", CacheControl=_CACHE_FOREVER
        )
        self._upload_id = upload["UploadId"]
        return self

    def write(self, chunk: bytes) -> None:
        self._buffer += chunk
        if len(self._buffer) >= _PART_BYTES:
            self._send()

    def finish(self) -> None:
        if self._buffer:
            self._send()
        aws.s3().complete_multipart_upload(
            Bucket=self._bucket,
            Key=self._key,
            UploadId=self._upload_id or "",
            MultipartUpload={"Parts": [{"PartNumber": n, "ETag": tag} for n, tag in enumerate(self._tags, 1)]},
        )
        self._upload_id = None

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        if self._upload_id is not None:
            aws.s3().abort_multipart_upload(Bucket=self._bucket, Key=self._key, UploadId=self._upload_id)

    def _send(self) -> None:
        part = aws.s3().upload_part(
            Bucket=self._bucket,
            Key=self._key,
            UploadId=self._upload_id or "",
            PartNumber=len(self._tags) + 1,
            Body=bytes(self._buffer),
        )
        self._tags.append(part["ETag"])
        self._buffer.clear()


class _Reader(io.RawIOBase):
    def __init__(self, key: str) -> None:
        self._bucket, self._key = settings().media_bucket, key
        self._size = aws.s3().head_object(Bucket=self._bucket, Key=key)["ContentLength"]
        self._position = 0

    def readable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return True

    def tell(self) -> int:
        return self._position

    def seek(self, offset: int, whence: int = io.SEEK_SET, /) -> int:
        base = {io.SEEK_SET: 0, io.SEEK_CUR: self._position, io.SEEK_END: self._size}[whence]
        self._position = max(0, base + offset)
        return self._position

    def readinto(self, buffer: bytearray | memoryview, /) -> int:  # type: ignore[override]
        end = min(self._position + len(buffer), self._size)
        if end <= self._position:
            return 0
        part = aws.s3().get_object(Bucket=self._bucket, Key=self._key, Range=f"bytes={self._position}-{end - 1}")
        content = part["Body"].read()
        buffer[: len(content)] = content
        self._position += len(content)
        return len(content)


def open_reader(key: str) -> io.BufferedReader:
    """Open a file for random access with range requests. A video's first frame needs only a few hundred kilobytes."""
    return io.BufferedReader(_Reader(key), buffer_size=_READ_BYTES)
