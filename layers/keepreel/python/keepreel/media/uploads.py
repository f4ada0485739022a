"""Uploads of source images: a form that a browser posts to, and reading what was posted."""

import re
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from urllib.parse import urlsplit

import uuid6
from botocore.exceptions import ClientError

from keepreel import aws
from keepreel.errors import BadImage
from keepreel.settings import aws_endpoint_url, aws_region, settings

LARGEST_BYTES = 10 * 1024 * 1024  # Kling's limit for an image
_FORM_MINUTES = 10
_VIEW_MINUTES = 60
_SOURCE_IMAGE = re.compile(r"upload:([0-9a-f]{32})")


@dataclass(frozen=True, kw_only=True)
class Upload:
    """A form that a browser may post one image to. `source_image` is what the video is then asked for with."""

    source_image: str
    url: str
    fields: dict[str, str]
    expires_at: datetime


def new(*, owner: str, content_type: str) -> Upload:
    """A presigned form; its policy fixes the key, the type and the most bytes, so that S3 refuses anything else."""
    upload_id = uuid6.uuid7().hex
    form = aws.s3().generate_presigned_post(
        Bucket=settings().media_bucket,
        Key=_key(owner, upload_id),
        Fields={"Content-Type": content_type},
        Conditions=[{"Content-Type": content_type}, ["content-length-range", 1, LARGEST_BYTES]],
        ExpiresIn=_FORM_MINUTES * 60,
    )
    return Upload(
        source_image=f"upload:{upload_id}",
        url=form["url"],
        fields=dict(form["fields"]),
        expires_at=datetime.now(UTC) + timedelta(minutes=_FORM_MINUTES),
    )


def names_one(source_image: str) -> bool:
    return _SOURCE_IMAGE.fullmatch(source_image) is not None


def read(*, owner: str, source_image: str) -> bytes:
    """The uploaded image, from this owner's uploads alone. Raises BadImage when it is not there or too large."""
    match = _SOURCE_IMAGE.fullmatch(source_image)
    if match is None:
        raise BadImage("This is not the name of an upload.")
    try:
        found = aws.s3().get_object(Bucket=settings().media_bucket, Key=_key(owner, match[1]))
    except ClientError as error:
        # Without the right to list, S3 denies access to a key that is not there.
        if error.response["Error"]["Code"] in ("NoSuchKey", "AccessDenied"):
            raise BadImage("There is no such upload; post the image to its form first.") from None
        raise
    if found["ContentLength"] > LARGEST_BYTES:
        raise BadImage(f"The image is larger than {LARGEST_BYTES // 1024 // 1024} MB.")
    return found["Body"].read()


def view_url(*, owner: str, source_image: str) -> str | None:
    """A link, good for an hour, under which a browser shows the upload; None for what is no upload's name."""
    match = _SOURCE_IMAGE.fullmatch(source_image)
    if match is None:
        return None
    return aws.s3().generate_presigned_url(
        "get_object",
        Params={"Bucket": settings().media_bucket, "Key": _key(owner, match[1])},
        ExpiresIn=_VIEW_MINUTES * 60,
    )


def origin() -> str:
    """Where forms are posted to and uploads are shown from, known without a client: it need not cost a cold start."""
    if endpoint := aws_endpoint_url():
        return "{0.scheme}://{0.netloc}".format(urlsplit(endpoint))
    # In S3's first region a bucket's own host has no region in its name.
    region = "" if aws_region() == "us-east-1" else f".{aws_region()}"
    return f"https://{settings().media_bucket}.s3{region}.amazonaws.com"


def _key(owner: str, upload_id: str) -> str:
    return f"uploads/{owner.replace('#', '/', 1)}/{upload_id}"
