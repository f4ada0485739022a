"""The kept files in the bucket: where they are, how they get there, how they are reached. Only the CDN reads them."""

import io
from types import TracebackType
from typing import Self

from keepreel import aws
from keepreel.db.tables import Video
from keepreel.settings import settings

_PART_BYTES = 5 * 1024 * 1024  # S3's smallest part
_READ_BYTES = 256 * 1024
_FOR_EVER = "public, max-age=31536000, immutable"
_DOWNLOAD_SECONDS = 900


def video_key(video: Video) -> str:
    return f"media/{video.video_id}/{video.media_secret}/video.mp4"


def thumbnail_key(video: Video) -> str:
    return f"media/{video.video_id}/{video.media_secret}/thumbnail.jpg"


def public_base() -> str:
    """Where people reach us, without a trailing slash."""
    return settings().public_url or aws.parameter(settings().public_url_parameter).rstrip("/")


def public_url(key: str) -> str:
    """Where anybody who knows it reaches a kept file, for good: the path is the key."""
    return f"{public_base()}/{key}"


def download_url(key: str, *, filename: str, method: str = "GET") -> str:
    """A link, good for a quarter of an hour, that makes a browser save the file under this name.

    `method` is what may be done by it, GET or HEAD: the signature covers it, so a link for one is none for the other.
    """
    disposition = f'attachment; filename="{filename}"'
    return aws.s3().generate_presigned_url(
        "get_object",
        Params={"Bucket": settings().media_bucket, "Key": key, "ResponseContentDisposition": disposition},
        ExpiresIn=_DOWNLOAD_SECONDS,
        HttpMethod=method,
    )


def put_thumbnail(key: str, content: bytes) -> None:
    aws.s3().put_object(
        Bucket=settings().media_bucket, Key=key, Body=content, ContentType="image/jpeg", CacheControl=_FOR_EVER
    )


def remove(*keys: str) -> None:
    """Removes files; one that is not there is no error. One call each: a bulk delete reports failures as success."""
    for key in keys:
        aws.s3().delete_object(Bucket=settings().media_bucket, Key=key)


class Writer:
    """A video on its way into the bucket, in parts of five megabytes: the memory used does not grow with the file.

    The file exists only once `finish` was called; leaving the `with` block without that aborts it whole.
    """

    def __init__(self, key: str) -> None:
        self._bucket, self._key = settings().media_bucket, key
        self._buffer = bytearray()
        self._tags: list[str] = []
        self._upload_id: str | None = None

    def __enter__(self) -> Self:
        made = aws.s3().create_multipart_upload(
            Bucket=self._bucket, Key=self._key, ContentType="video/mp4", CacheControl=_FOR_EVER
        )
        self._upload_id = made["UploadId"]
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
        sent = aws.s3().upload_part(
            Bucket=self._bucket,
            Key=self._key,
            UploadId=self._upload_id or "",
            PartNumber=len(self._tags) + 1,
            Body=bytes(self._buffer),
        )
        self._tags.append(sent["ETag"])
        self._buffer.clear()


class _Reader(io.RawIOBase):
    def __init__(self, key: str) -> None:
        self._bucket, self._key = settings().media_bucket, key
        self._size = aws.s3().head_object(Bucket=self._bucket, Key=key)["ContentLength"]
        self._at = 0

    def readable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return True

    def tell(self) -> int:
        return self._at

    def seek(self, offset: int, whence: int = io.SEEK_SET, /) -> int:
        base = {io.SEEK_SET: 0, io.SEEK_CUR: self._at, io.SEEK_END: self._size}[whence]
        self._at = max(0, base + offset)
        return self._at

    def readinto(self, buffer: bytearray | memoryview, /) -> int:  # type: ignore[override]
        end = min(self._at + len(buffer), self._size)
        if end <= self._at:
            return 0
        part = aws.s3().get_object(Bucket=self._bucket, Key=self._key, Range=f"bytes={self._at}-{end - 1}")
        content = part["Body"].read()
        buffer[: len(content)] = content
        self._at += len(content)
        return len(content)


def reader(key: str) -> io.BufferedReader:
    """A kept file, fetched only where it is read: a video's first frame needs a few hundred kilobytes of it."""
    return io.BufferedReader(_Reader(key), buffer_size=_READ_BYTES)
