"""URL checks: which URLs from requests and from provider responses are safe to use."""

import ipaddress
import socket
from dataclasses import dataclass
from typing import Any
from urllib.parse import SplitResult, quote, urljoin, urlsplit

MAX_URL_CHARS = 8192  # a URL that S3 signs for a role contains a token of up to several thousand characters
# Forbidden although `is_global` is True for them in some Python versions: IPv6 outside 2000::/3, which alone is
# allocated, IPv4 addresses embedded in IPv6, relays, documentation, and Azure's address for virtual machines.
_FORBIDDEN_NETWORKS = tuple(
    ipaddress.ip_network(network)
    for network in ("::/3", "4000::/2", "8000::/1", "2002::/16", "3fff::/20", "192.88.99.0/24", "192.0.0.0/24",
                    "168.63.129.16/32")
)  # fmt: skip
_PORTS = {"http": 80, "https": 443}
_PRINTABLE = "".join(map(chr, range(0x21, 0x7F)))
_PRIVATE_SUFFIXES = (".local", ".localhost", ".internal", ".lan", ".home", ".corp", ".home.arpa", ".test", ".invalid")


Address = tuple[int, tuple[Any, ...]]  # the address family, and the socket address


class BadUrl(ValueError):
    """A URL that must not be used. The message is for people."""


@dataclass(frozen=True, kw_only=True)
class Target:
    """A URL's parts as a connection uses them: the host in lower case and IDNA, the port, and the path with the query.

    Checks and connections use the same parts, so no second parser can read another host from the same text.
    """

    scheme: str
    host: str
    port: int
    path: str

    @property
    def origin(self) -> tuple[str, str, int]:
        return self.scheme, self.host, self.port

    @property
    def authority(self) -> str:
        """The value of the `Host` header."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        return host if self.port == _PORTS[self.scheme] else f"{host}:{self.port}"


def target(url: str) -> Target:
    """Return the parts of an http or https URL. Private hosts are allowed here. Raises BadUrl."""
    if len(url) > MAX_URL_CHARS:
        raise BadUrl(f"The URL is longer than {MAX_URL_CHARS} characters.")
    if any(character.isspace() or not character.isprintable() or character == "\\" for character in url):
        raise BadUrl("The URL must not contain spaces, backslashes or control characters.")
    parts = _split(url)
    if parts.scheme not in _PORTS:
        raise BadUrl("The URL must start with https://.")
    if parts.username is not None or parts.password is not None:
        raise BadUrl("The URL must not contain a user name or a password.")
    path = quote((parts.path or "/") + (f"?{parts.query}" if parts.query else ""), safe=_PRINTABLE)
    port = _PORTS[parts.scheme] if parts.port is None else parts.port
    return Target(scheme=parts.scheme, host=_ascii_host(parts.hostname or ""), port=port, path=path)


def check_public_https(url: str) -> str:
    """Return the URL if it is public https. Checks the text only: no DNS, no request. Raises BadUrl."""
    check_public_target(target(url))
    return url


def check_public_target(parts: Target) -> None:
    """Raise BadUrl unless the parts are of a public https URL. No DNS, no request."""
    if parts.scheme != "https":
        raise BadUrl("The URL must start with https://.")
    if parts.port != _PORTS["https"]:
        raise BadUrl("The URL must not contain a port.")
    _check_host(parts.host)


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
    check_public_addresses(resolve(host, 443))


def resolve(host: str, port: int) -> list[Address]:
    """Return the addresses of the host, for a connection. Raises OSError if it has none."""
    found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return [(family, address) for family, _, _, _, address in found]


def check_public_addresses(addresses: list[Address]) -> None:
    """Raise BadUrl unless every address is public."""
    for _, address in addresses:
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


def _ascii_host(host: str) -> str:
    """Return the host as DNS and TLS use it, without the dot of an absolute name. Raises BadUrl."""
    try:
        name = host.encode("idna").decode("ascii").lower()
    except UnicodeError:
        raise BadUrl("The URL's host name is invalid.") from None
    name = name.removesuffix(".")
    if not name or not all(it.isalnum() or it in "-._:" for it in name):
        raise BadUrl("The URL's host name is invalid.")
    return name


def _check_host(name: str) -> None:
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
