"""Files that S3 does not delete: it answers 200 and lists them."""

from typing import Any
from unittest.mock import patch

import pytest
from botocore.exceptions import ClientError

from keepreel import aws
from keepreel.media import storage
from keepreel.settings import settings
from local.stack import Stack

KEYS = ("media/deleted/secret/video.mp4", "media/deleted/secret/thumbnail.jpg")


@pytest.mark.parametrize("code", ["InternalError", "AccessDenied"])
def test_file_that_is_not_deleted_raises_as_in_a_call_of_its_own(code: str, stack: Stack) -> None:
    answer: dict[str, Any] = {"Errors": [{"Key": "media/a", "Code": code, "Message": "refused"}]}
    storage.put_thumbnail("media/a", b"")

    with patch.object(aws.s3(), "delete_objects", return_value=answer), pytest.raises(ClientError) as raised:
        storage.delete("media/a", "media/b")

    assert aws.is_outage(raised.value) is (code == "InternalError")


def test_missing_files_are_ignored(stack: Stack) -> None:
    storage.delete("media/none/video.mp4", "media/none/thumbnail.jpg")
    storage.purge("media/nothing/video.mp4", "media/nothing/thumbnail.jpg")


def test_purge_leaves_no_version_and_no_marker_of_the_files(stack: Stack) -> None:
    neighbor = KEYS[1].replace("secret", "secret2")
    for key in (*KEYS, KEYS[0], neighbor):
        storage.put_thumbnail(key, b"one version")
    aws.s3().delete_object(Bucket=settings().media_bucket, Key=KEYS[1])
    assert len(_versions()) == 5

    storage.purge(*KEYS)

    assert _versions() == [neighbor]


def _versions() -> list[str]:
    found = aws.s3().list_object_versions(Bucket=settings().media_bucket, Prefix="media/deleted/")
    return [it["Key"] for it in [*found.get("Versions", ()), *found.get("DeleteMarkers", ())]]
