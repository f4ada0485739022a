"""What we sign for S3, as it is on AWS."""

from collections.abc import Iterator
from types import SimpleNamespace
from urllib.parse import urlsplit

import pytest

from keepreel import aws, storage, uploads

IRELAND = "bucket.s3.eu-west-1.amazonaws.com"


@pytest.fixture
def _in_ireland(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setenv("AWS_DEFAULT_REGION", "eu-west-1")
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "key")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "secret")
    monkeypatch.delenv("AWS_ENDPOINT_URL", raising=False)
    for module in (uploads, storage):
        monkeypatch.setattr(module, "settings", lambda: SimpleNamespace(media_bucket="bucket"))
    aws.s3.cache_clear()
    yield
    aws.s3.cache_clear()


@pytest.mark.usefixtures("_in_ireland")
def test_a_form_goes_to_the_buckets_own_region() -> None:
    upload = uploads.new(owner="user#somebody", content_type="image/png")

    assert urlsplit(upload.url).hostname == IRELAND
    assert upload.fields["key"] == f"uploads/user/somebody/{upload.source_image.removeprefix('upload:')}"


@pytest.mark.usefixtures("_in_ireland")
def test_a_download_comes_from_the_buckets_own_region() -> None:
    url = urlsplit(storage.download_url("media/a/b/video.mp4", filename="video.mp4"))

    assert (url.hostname, url.path) == (IRELAND, "/media/a/b/video.mp4")
