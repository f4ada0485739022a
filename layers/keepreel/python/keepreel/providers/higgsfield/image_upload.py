"""Putting an image where Higgsfield reads it: at a place that it names, for which it gives a URL of the image."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlsplit

from keepreel import urls
from keepreel.errors import Busy, ErrorCode, Failure, OutcomeUnknown, Refused
from keepreel.providers import http
from keepreel.providers.higgsfield import client, errors
from keepreel.providers.json_values import mapping
from keepreel.settings import settings

_PNG = b"\x89PNG\r\n\x1a\n"
_LONGEST_URL = 2048
_PASSING = (408, 425, 429)
# What is between us and the next machine, would lead the request elsewhere, or speaks for somebody.
_NEVER_SENT = frozenset({
    "authorization", "connection", "content-length", "cookie", "expect", "host", "keep-alive", "proxy-authenticate",
    "proxy-authorization", "proxy-connection", "te", "trailer", "transfer-encoding", "upgrade",
})  # fmt: skip
_OF_A_NAME = frozenset("!#$%&'*+-.^_`|~0123456789abcdefghijklmnopqrstuvwxyz")  # RFC 9110, section 5.6.2


class _Unusable(ValueError):
    """What was offered is no place to send an image to. The message never holds the offer."""


@dataclass(frozen=True, kw_only=True)
class _Place:
    upload_url: str = field(repr=False)  # whoever has it may write there
    headers: Mapping[str, str] = field(repr=False)
    public_url: str = field(repr=False)


def host(image: bytes) -> str:
    """The image's URL at Higgsfield. Nothing is paid for by it, so a lost answer is only Busy.

    Raises Busy, AccountProblem, and Refused where the next try would end the same.
    """
    content_type = "image/png" if image.startswith(_PNG) else "image/jpeg"
    try:
        place = _place(_offer(content_type), content_type=content_type)
        _put(image, place)
    except _Unusable as error:
        raise _refused(f"Higgsfield offered no usable place for an image: {error}") from None
    except OutcomeUnknown as error:
        raise Busy(str(error)) from None
    return place.public_url


def _offer(content_type: str) -> dict[str, Any]:
    answer = client.send(
        "POST", "/files/generate-upload-url", body={"content_type": content_type}, video_id=None, unspoken=()
    )
    if problem := errors.account_problem(answer):
        raise problem
    if errors.is_final(answer):
        raise _refused(f"{answer} when asked for a place for an image")
    if not answer.is_success:
        raise Busy(str(answer))
    return mapping(answer.body)


def _place(offer: dict[str, Any], *, content_type: str) -> _Place:
    """Raises _Unusable unless the image may be sent there, with those headers, and read by others afterwards."""
    upload_url, public_url = _url(offer.get("upload_url")), _url(offer.get("public_url"))
    if not _is_own(upload_url):
        _check_resolves(urlsplit(upload_url).hostname or "")
    return _Place(
        upload_url=upload_url,
        headers=_headers(offer.get("upload_headers"), content_type=content_type),
        public_url=public_url,
    )


def _put(image: bytes, place: _Place) -> None:
    """Without our keys: they are for Higgsfield's API alone."""
    reply = http.exchange("PUT", place.upload_url, provider="Higgsfield", headers=place.headers, content=image)
    # S3 says of a slow upload that the request is at fault.
    is_passing = reply.http_status in _PASSING or b"RequestTimeout" in reply.content
    if 400 <= reply.http_status < 500 and not is_passing:
        raise _refused(f"the place for an image answered HTTP {reply.http_status}")
    if not 200 <= reply.http_status < 300:
        raise Busy(f"the place for an image answered HTTP {reply.http_status}")


def _url(value: object) -> str:
    """A URL on the host that the operator set, or a public one."""
    if not isinstance(value, str) or len(value) > _LONGEST_URL:
        raise _Unusable("a URL is missing or too long")
    if not _is_own(value):
        try:
            urls.check_public_https(value)
        except urls.BadUrl as error:
            raise _Unusable(str(error)) from None
    return value


def _is_own(url: str) -> bool:
    return url.startswith(f"{settings().higgsfield_base_url}/")


def _check_resolves(host: str) -> None:
    try:
        urls.check_resolves_public(host)
    except urls.BadUrl as error:
        raise _Unusable(str(error)) from None
    except OSError:
        raise Busy("the host of the place for an image has no address") from None


def _headers(given: object, *, content_type: str) -> dict[str, str]:
    headers = {"content-type": content_type, "user-agent": client.USER_AGENT}
    if given is not None and not isinstance(given, dict):
        raise _Unusable("its headers are no object")
    for name, value in (given or {}).items():
        _check_header(name.lower(), value)
        headers[name.lower()] = value
    return headers


def _check_header(name: str, value: object) -> None:
    if not name or set(name) - _OF_A_NAME or name in _NEVER_SENT:
        raise _Unusable("it wants a header that is not for it to set")
    if not isinstance(value, str) or not value.isascii() or not value.isprintable():
        raise _Unusable("one of its headers is no printable text")


def _refused(reason: str) -> Refused:
    return Refused(reason, failure=_NOT_TAKEN)


_NOT_TAKEN = Failure(
    code=ErrorCode.PROVIDER_ERROR,
    message="Higgsfield could not take the image. Try again later, or give it by a public https URL; "
    "nothing was charged.",
)
