"""Image upload to Higgsfield: request an upload URL, send the image there, and return its public URL."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlsplit

from keepreel import urls
from keepreel.errors import Busy, ErrorCode, Failure, OutcomeUnknown, Refused
from keepreel.providers import http, registry
from keepreel.providers.higgsfield import client, errors
from keepreel.providers.json_values import mapping

_PNG = b"\x89PNG\r\n\x1a\n"
_TEMPORARY_STATUSES = (408, 425, 429)
# Hop-by-hop headers, headers that would redirect the request, and credentials.
_FORBIDDEN_HEADERS = frozenset({
    "authorization", "connection", "content-length", "cookie", "expect", "host", "keep-alive", "proxy-authenticate",
    "proxy-authorization", "proxy-connection", "te", "trailer", "transfer-encoding", "upgrade",
})  # fmt: skip
_HEADER_NAME_CHARS = frozenset("!#$%&'*+-.^_`|~0123456789abcdefghijklmnopqrstuvwxyz")  # RFC 9110, section 5.6.2


class _BadTarget(ValueError):
    """Higgsfield offered an upload target that cannot be used. The message never quotes the target."""


@dataclass(frozen=True, kw_only=True)
class _UploadTarget:
    upload_url: str = field(repr=False)  # signed: grants write access
    headers: Mapping[str, str] = field(repr=False)
    public_url: str = field(repr=False)


def upload(image: bytes) -> str:
    """Upload the image and return its URL at Higgsfield. Uploads are free, so a lost response is only Busy.

    Raises Busy, AccountProblem, and Refused if a retry would fail the same way.
    """
    content_type = "image/png" if image.startswith(_PNG) else "image/jpeg"
    try:
        target = _target(_request_target(content_type), content_type=content_type)
        _put(image, target)
    except _BadTarget as error:
        raise _refused(f"Higgsfield offered no usable upload target: {error}") from None
    except OutcomeUnknown as error:
        raise Busy(str(error)) from None
    return target.public_url


def _request_target(content_type: str) -> dict[str, Any]:
    response = client.send(
        "POST", "/files/generate-upload-url", body={"content_type": content_type}, video_id=None, redacted=()
    )
    if problem := errors.account_problem(response):
        raise problem
    if errors.is_refusal(response):
        raise _refused(f"{response} to a request for an upload URL")
    if not response.is_success:
        raise Busy(str(response))
    return mapping(response.body)


def _target(offer: dict[str, Any], *, content_type: str) -> _UploadTarget:
    """Raise _BadTarget unless both URLs and the headers are safe to use."""
    upload_url, public_url = _url(offer.get("upload_url")), _url(offer.get("public_url"))
    if not _is_configured_host(upload_url):
        _check_resolves(urlsplit(upload_url).hostname or "")
    return _UploadTarget(
        upload_url=upload_url,
        headers=_headers(offer.get("upload_headers"), content_type=content_type),
        public_url=public_url,
    )


def _put(image: bytes, target: _UploadTarget) -> None:
    """Send the image, without our keys: they are for Higgsfield's API only."""
    response = http.request("PUT", target.upload_url, title="Higgsfield", headers=target.headers, content=image)
    # S3 answers a slow upload with a 400.
    is_temporary = response.http_status in _TEMPORARY_STATUSES or b"RequestTimeout" in response.content
    if 400 <= response.http_status < 500 and not is_temporary:
        raise _refused(f"the upload URL returned HTTP {response.http_status}")
    if not 200 <= response.http_status < 300:
        raise Busy(f"the upload URL returned HTTP {response.http_status}")


def _url(value: object) -> str:
    """Return a URL on the configured host, or a public https URL. Raises _BadTarget."""
    if not isinstance(value, str) or len(value) > urls.MAX_URL_CHARS:
        raise _BadTarget("a URL is missing or too long")
    if not _is_configured_host(value):
        try:
            urls.check_public_https(value)
        except urls.BadUrl as error:
            raise _BadTarget(str(error)) from None
    return value


def _is_configured_host(url: str) -> bool:
    return url.startswith(f"{registry.info('higgsfield').base_url()}/")


def _check_resolves(host: str) -> None:
    try:
        urls.check_resolves_public(host)
    except urls.BadUrl as error:
        raise _BadTarget(str(error)) from None
    except OSError:
        raise Busy("the host of the upload URL has no address") from None


def _headers(offered: object, *, content_type: str) -> dict[str, str]:
    headers = {"content-type": content_type, "user-agent": client.USER_AGENT}
    if offered is not None and not isinstance(offered, dict):
        raise _BadTarget("its headers are not an object")
    for name, value in (offered or {}).items():
        _check_header(name.lower(), value)
        headers[name.lower()] = value
    return headers


def _check_header(name: str, value: object) -> None:
    if not name or set(name) - _HEADER_NAME_CHARS or name in _FORBIDDEN_HEADERS:
        raise _BadTarget("it asks for a forbidden header")
    if not isinstance(value, str) or not value.isascii() or not value.isprintable():
        raise _BadTarget("one of its headers is not printable text")


def _refused(reason: str) -> Refused:
    return Refused(reason, failure=_UPLOAD_FAILED)


_UPLOAD_FAILED = Failure(
    code=ErrorCode.PROVIDER_ERROR,
    message="The image could not be uploaded to Higgsfield. Try again later, or use an image with a public https URL. "
    "Nothing was charged.",
)
