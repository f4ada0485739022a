"""Uploads of source images: presigned S3 forms, and reading what was uploaded."""

import re
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import uuid6
from botocore.exceptions import ClientError

from keepreel import aws, metrics
from keepreel.errors import BadImage, StoreUnavailable
from keepreel.logs import logger
from keepreel.media import storage
from keepreel.settings import settings

MAX_BYTES = 50 * 1024 * 1024  # a large photo of a phone; it is reduced to the limit of the model
_NOT_FOUND = 404
_FORBIDDEN = 403  # with s3:ListBucket, which each reader has, S3 returns 404 for a missing key
_FORM_MINUTES = 10
_VIEW_URL_MINUTES = 60
_MISSING = "There is no such upload. Post the image to the upload form first."
_UNUSED = "unused"  # in the metadata of an upload that is about to be removed
_SOURCE_IMAGE = re.compile(r"upload:([0-9a-f]{32})")


@dataclass(frozen=True, kw_only=True)
class Upload:
    """A form to which a browser posts one image. `source_image` is the image's name in later requests."""

    source_image: str
    url: str
    fields: dict[str, str]
    expires_at: datetime


def create(*, owner: str, content_type: str, max_bytes: int = MAX_BYTES) -> Upload:
    """Return a presigned form. Its policy fixes the key, the type and the size, so S3 refuses anything else."""
    upload_id = uuid6.uuid7().hex
    form = aws.s3().generate_presigned_post(
        Bucket=settings().media_bucket,
        Key=_key(owner, upload_id),
        Fields={"Content-Type": content_type},
        Conditions=[{"Content-Type": content_type}, ["content-length-range", 1, max_bytes]],
        ExpiresIn=_FORM_MINUTES * 60,
    )
    return Upload(
        source_image=f"upload:{upload_id}",
        url=form["url"],
        fields=dict(form["fields"]),
        expires_at=datetime.now(UTC) + timedelta(minutes=_FORM_MINUTES),
    )


def is_upload(source_image: str) -> bool:
    """True for an upload's name, as `create` returns it; False for a URL."""
    return _SOURCE_IMAGE.fullmatch(source_image) is not None


def read(*, owner: str, source_image: str, max_bytes: int = MAX_BYTES, is_new_use: bool = False) -> bytes:
    """Return an image that this owner uploaded. Raises BadImage if it is missing or too large.

    For a new use, an upload counts as missing as soon as it is marked as unused, because it is about to be removed.
    Raises StoreUnavailable if the bucket refuses the call: that is a defect of the deployment and not of the upload.
    """
    match = _SOURCE_IMAGE.fullmatch(source_image)
    if match is None:
        raise BadImage("This is not an upload.")
    try:
        found = aws.s3().get_object(Bucket=settings().media_bucket, Key=_key(owner, match[1]))
    except ClientError as error:
        if aws.code(error) == "NoSuchKey":
            raise BadImage(_MISSING) from None
        if aws.status(error) == _FORBIDDEN:
            logger.error("upload not readable", extra={"owner": owner, "reason": aws.code(error)})
            metrics.count("UploadNotReadable")
            raise StoreUnavailable("the bucket refuses to read an upload") from error
        raise
    if is_new_use and _UNUSED in found["Metadata"]:
        raise BadImage(_MISSING)
    if found["ContentLength"] > max_bytes:
        raise BadImage(f"The image is larger than {max_bytes // 1024 // 1024} MB.")
    return found["Body"].read()


def view_url(*, owner: str, source_image: str) -> str | None:
    """Return a URL, valid for an hour, where a browser can show the upload; None if the name is not an upload's."""
    match = _SOURCE_IMAGE.fullmatch(source_image)
    if match is None:
        return None
    return aws.s3().generate_presigned_url(
        "get_object",
        Params={"Bucket": settings().media_bucket, "Key": _key(owner, match[1])},
        ExpiresIn=_VIEW_URL_MINUTES * 60,
    )


def mark(*, owner: str, source_image: str, is_unused: bool) -> bool:
    """Mark an upload as unused, so that it has no new use, or take the mark away. Return False if it is missing."""
    bucket, key = settings().media_bucket, _key(owner, _upload_id(source_image))
    try:
        found = aws.s3().head_object(Bucket=bucket, Key=key)
        if is_unused == (_UNUSED in found["Metadata"]):
            return True
        aws.s3().copy_object(
            Bucket=bucket,
            Key=key,
            CopySource={"Bucket": bucket, "Key": key},
            ContentType=found["ContentType"],
            Metadata={_UNUSED: "yes"} if is_unused else {},
            MetadataDirective="REPLACE",
        )
    except ClientError as error:
        if aws.status(error) == _NOT_FOUND:
            return False
        raise
    return True


def remove(*, owner: str, source_image: str) -> None:
    """Remove an upload with all its versions. Raises ClientError."""
    storage.purge_folder(_key(owner, _upload_id(source_image)))


def folder(owner: str) -> str:
    """Return the prefix of all of an owner's uploads."""
    return _key(owner, "")


def job_subject(owner: str, source_image: str) -> str:
    """Return the subject of the job that looks at an upload: the user's id and the upload's."""
    return f"{owner.partition('#')[2]}/{_upload_id(source_image)}"


def parse_key(key: str) -> tuple[str, str]:
    """Return the owner and the name of the upload with this key."""
    _, kind, id, upload_id = key.split("/")
    return f"{kind}#{id}", f"upload:{upload_id}"


def _upload_id(source_image: str) -> str:
    return source_image.removeprefix("upload:")


def _key(owner: str, upload_id: str) -> str:
    return f"uploads/{owner.replace('#', '/', 1)}/{upload_id}"
