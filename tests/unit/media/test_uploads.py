"""Presigned S3 URLs and forms, as on AWS."""

from collections.abc import Iterator
from types import SimpleNamespace
from urllib.parse import urlsplit

import pytest

from keepreel import aws
from keepreel.media import origins, storage, uploads

IRELAND = "bucket.s3.eu-west-1.amazonaws.com"


@pytest.fixture
def _aws_in_ireland(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setenv("AWS_DEFAULT_REGION", "eu-west-1")
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "key")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "secret")
    monkeypatch.delenv("AWS_ENDPOINT_URL", raising=False)
    for module in (uploads, storage, origins):
        monkeypatch.setattr(module, "settings", lambda: SimpleNamespace(media_bucket="bucket"))
    aws.s3.cache_clear()
    yield
    aws.s3.cache_clear()


@pytest.mark.usefixtures("_aws_in_ireland")
def test_upload_form_uses_the_buckets_region() -> None:
    upload = uploads.create(owner="user#1", content_type="image/png", max_bytes=1000)

    assert urlsplit(upload.url).hostname == IRELAND
    assert upload.fields["key"] == f"uploads/user/1/{upload.source_image.removeprefix('upload:')}"


@pytest.mark.usefixtures("_aws_in_ireland")
def test_download_url_uses_the_buckets_region() -> None:
    url = urlsplit(storage.download_url("media/a/b/video.mp4", filename="video.mp4"))

    assert (url.hostname, url.path) == (IRELAND, "/media/a/b/video.mp4")


@pytest.mark.usefixtures("_aws_in_ireland")
@pytest.mark.parametrize(
    ("region", "endpoint", "origin"),
    [
        ("eu-west-1", None, f"https://{IRELAND}"),
        ("us-east-1", None, "https://bucket.s3.amazonaws.com"),
        ("us-east-1", "http://127.0.0.1:4566", "http://127.0.0.1:4566"),
    ],
)
def test_forms_and_view_urls_have_the_origin_in_the_content_security_policy(
    region: str, endpoint: str | None, origin: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("AWS_REGION", "AWS_DEFAULT_REGION"):
        monkeypatch.setenv(name, region)
    if endpoint:
        monkeypatch.setenv("AWS_ENDPOINT_URL", endpoint)
    upload = uploads.create(owner="user#1", content_type="image/png", max_bytes=1000)
    view_url = uploads.view_url(owner="user#1", source_image=upload.source_image)

    found = {"{0.scheme}://{0.netloc}".format(urlsplit(url)) for url in (upload.url, str(view_url))}

    assert found == {origins.uploads()} == {origin}
