"""Which URLs may be used: those that somebody gave us, and those that a provider's answer holds."""

import ipaddress
import socket
from urllib.parse import SplitResult, urlsplit

_LONGEST = 2048
# Not global, though `is_global` says so in some Python versions: ways to write an IPv4 address in IPv6, relays, and
# the address from which Azure serves its machines.
_NEVER = tuple(
    ipaddress.ip_network(network)
    for network in ("64:ff9b::/96", "64:ff9b:1::/48", "2002::/16", "::/96", "::ffff:0:0:0/96", "192.88.99.0/24",
                    "192.0.0.0/24", "168.63.129.16/32")
)  # fmt: skip
_PRIVATE_SUFFIXES = (".local", ".localhost", ".internal", ".lan", ".home", ".corp", ".home.arpa", ".test", ".invalid")


class BadUrl(ValueError):
    """A URL that may not be used; the message tells a person why."""


def check_public_https(url: str) -> str:
    """Checks a URL by its words alone: nothing is resolved and nothing fetched. Raises BadUrl."""
    if len(url) > _LONGEST:
        raise BadUrl(f"The URL is longer than {_LONGEST} characters.")
    if any(character.isspace() or not character.isprintable() or character == "\\" for character in url):
        raise BadUrl("The URL has a space, a backslash or a control character in it.")
    parts = _split(url)
    if parts.scheme != "https":
        raise BadUrl("The URL must start with https://.")
    if parts.username is not None or parts.password is not None:
        raise BadUrl("The URL must not carry a user name or a password.")
    if parts.port not in (None, 443):
        raise BadUrl("The URL must not name a port.")
    _check_host(parts.hostname or "")
    return url


def check_resolves_public(host: str) -> None:
    """Raises BadUrl unless every address of the host is a public one; OSError when it has none."""
    for *_, address in socket.getaddrinfo(host, 443, type=socket.SOCK_STREAM):
        if not _is_public(ipaddress.ip_address(str(address[0]).split("%")[0])):
            raise BadUrl("The URL's host has an address that is not public.")


def _split(url: str) -> SplitResult:
    try:
        parts = urlsplit(url)
        _ = parts.port  # a port that is no number is found when it is read
    except ValueError:
        raise BadUrl("The URL cannot be read.") from None
    return parts


def _check_host(host: str) -> None:
    try:
        name = host.encode("idna").decode("ascii").lower().rstrip(".")
    except UnicodeError:
        raise BadUrl("The URL's host name cannot be read.") from None
    labels = name.split(".")
    # A last label with a digit in front is an IPv4 address in one of its many spellings, and never a real domain.
    if ":" in name or len(labels) < 2 or not labels[-1] or labels[-1][0].isdigit():
        raise BadUrl("The URL must name a public host, not an address.")
    if not all(labels) or name.endswith(_PRIVATE_SUFFIXES):
        raise BadUrl("The URL must name a public host.")


def _is_public(address: ipaddress.IPv4Address | ipaddress.IPv6Address) -> bool:
    if isinstance(address, ipaddress.IPv6Address) and address.ipv4_mapped:
        address = address.ipv4_mapped
    listed = any(address.version == network.version and address in network for network in _NEVER)
    return address.is_global and not address.is_multicast and not listed
