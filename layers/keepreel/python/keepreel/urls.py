"""URL checks: which URLs from requests and from provider responses are safe to use."""

import ipaddress
import socket
from urllib.parse import SplitResult, urljoin, urlsplit

MAX_URL_CHARS = 8192  # a URL that S3 signs for a role contains a token of up to several thousand characters
# Forbidden although `is_global` is True for them in some Python versions: IPv4 addresses embedded in IPv6, relays, and
# Azure's address for virtual machines.
_FORBIDDEN_NETWORKS = tuple(
    ipaddress.ip_network(network)
    for network in ("64:ff9b::/96", "64:ff9b:1::/48", "2002::/16", "::/96", "::ffff:0:0:0/96", "192.88.99.0/24",
                    "192.0.0.0/24", "168.63.129.16/32")
)  # fmt: skip
_PRIVATE_SUFFIXES = (".local", ".localhost", ".internal", ".lan", ".home", ".corp", ".home.arpa", ".test", ".invalid")


class BadUrl(ValueError):
    """A URL that must not be used. The message is for people."""


def check_public_https(url: str) -> str:
    """Return the URL if it is public https. Checks the text only: no DNS, no request. Raises BadUrl."""
    if len(url) > MAX_URL_CHARS:
        raise BadUrl(f"The URL is longer than {MAX_URL_CHARS} characters.")
    if any(character.isspace() or not character.isprintable() or character == "\\" for character in url):
        raise BadUrl("The URL must not contain spaces, backslashes or control characters.")
    parts = _split(url)
    if parts.scheme != "https":
        raise BadUrl("The URL must start with https://.")
    if parts.username is not None or parts.password is not None:
        raise BadUrl("The URL must not contain a user name or a password.")
    if parts.port not in (None, 443):
        raise BadUrl("The URL must not contain a port.")
    _check_host(parts.hostname or "")
    return url


def redirect_target(location: str, *, base: str) -> str:
    """Return the URL that a `Location` header points to. The URL is not checked. Raises BadUrl.

    `location` has one character per byte, as http.client decodes headers. Some servers send raw UTF-8 or Latin-1.
    Like curl and browsers, percent-encode these bytes one by one; only in a host name must they be UTF-8.
    """
    raw = location.strip(" \t")
    try:
        host = urlsplit(raw).netloc
        before, host, after = raw.partition(host) if host else ("", "", raw)
        return urljoin(base, _percent_encoded(before) + host.encode("latin-1").decode() + _percent_encoded(after))
    except ValueError:  # of urlsplit, urljoin, and of a host name that is not UTF-8
        raise BadUrl("The redirect's URL is invalid.") from None


def check_resolves_public(host: str) -> None:
    """Raise BadUrl unless every address of the host is public, and OSError if it has no address."""
    for *_, address in socket.getaddrinfo(host, 443, type=socket.SOCK_STREAM):
        if not _is_public(ipaddress.ip_address(str(address[0]).split("%")[0])):
            raise BadUrl("The URL's host has an address that is not public.")


def _percent_encoded(text: str) -> str:
    return "".join(f"%{ord(it):02X}" if it == " " or ord(it) >= 0x80 else it for it in text)


def _split(url: str) -> SplitResult:
    try:
        parts = urlsplit(url)
        _ = parts.port  # reading an invalid port raises ValueError
    except ValueError:
        raise BadUrl("The URL is invalid.") from None
    return parts


def _check_host(host: str) -> None:
    try:
        name = host.encode("idna").decode("ascii").lower().rstrip(".")
    except UnicodeError:
        raise BadUrl("The URL's host name is invalid.") from None
    labels = name.split(".")
    # A last label that starts with a digit is an IPv4 address in one of its spellings, and never a top-level domain.
    if ":" in name or len(labels) < 2 or not labels[-1] or labels[-1][0].isdigit():
        raise BadUrl("The URL must have a host name, not an IP address.")
    if not all(labels) or name.endswith(_PRIVATE_SUFFIXES):
        raise BadUrl("The URL must have a public host name.")


def _is_public(address: ipaddress.IPv4Address | ipaddress.IPv6Address) -> bool:
    if isinstance(address, ipaddress.IPv6Address) and address.ipv4_mapped:
        address = address.ipv4_mapped
    is_forbidden = any(address.version == network.version and address in network for network in _FORBIDDEN_NETWORKS)
    return address.is_global and not address.is_multicast and not is_forbidden
