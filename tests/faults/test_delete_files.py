"""Files that S3 does not delete: it answers 200 and lists them."""

from typing import Any
from unittest.mock import patch

import pytest
from botocore.exceptions import ClientError

from keepreel import aws
from keepreel.media import storage
from local.stack import Stack


@pytest.mark.parametrize("code", ["InternalError", "AccessDenied"])
def test_file_that_is_not_deleted_raises_as_in_a_call_of_its_own(code: str, stack: Stack) -> None:
    answer: dict[str, Any] = {"Errors": [{"Key": "a", "Code": code, "Message": "refused"}]}

    with patch.object(aws.s3(), "delete_objects", return_value=answer), pytest.raises(ClientError) as raised:
        storage.delete("a", "b")

    assert aws.is_outage(raised.value) is (code == "InternalError")


def test_missing_files_are_ignored(stack: Stack) -> None:
    storage.delete("media/none/video.mp4", "media/none/thumbnail.jpg")
