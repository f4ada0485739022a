"""Accepted and refused URLs."""

import pytest

from keepreel import urls
from keepreel.urls import BadUrl


@pytest.mark.parametrize(
    "url",
    [
        "https://example.com/a.jpg",
        "https://images.example.co.uk/avatar.png?size=large",
        "https://bücher.example.com/bild.jpg",
        "https://example.com:443/a.jpg",
        "https://example.com/" + "a" * 8000,
    ],
)
def test_public_https_url_is_accepted_unchanged(url: str) -> None:
    assert urls.check_public_https(url) == url


@pytest.mark.parametrize(
    "url",
    [
        "http://example.com/a.jpg",
        "ftp://example.com/a.jpg",
        "file:///etc/passwd",
        "data:image/png;base64,AAAA",
        "//example.com/a.jpg",
        "https://",
        "https://user:password@example.com/a.jpg",
        "https://example.com:8443/a.jpg",
        "https://example.com:port/a.jpg",
        "https://localhost/a.jpg",
        "https://intranet/a.jpg",
        "https://printer.local/a.jpg",
        "https://metadata.google.internal/a.jpg",
        "https://127.0.0.1/a.jpg",
        "https://127.1/a.jpg",
        "https://2130706433/a.jpg",
        "https://0x7f000001/a.jpg",
        "https://0177.0.0.1/a.jpg",
        "https://①②⑦.⓪.⓪.①/a.jpg",
        "https://127。0。0。1/a.jpg",
        "https://169.254.169.254/latest/meta-data",
        "https://8.8.8.8/a.jpg",
        "https://[::1]/a.jpg",
        "https://[::ffff:127.0.0.1]/a.jpg",
        "https://example.com./a b.jpg",
        "https://example.com\\@127.0.0.1/",
        "https://example.com/a\\b.jpg",
        "https://example..com/a.jpg",
        "https://example.com/\x00",
        "https://example.com/" + "a" * 8192,
        "https://[broken/a.jpg",
    ],
)
def test_other_urls_are_refused(url: str) -> None:
    with pytest.raises(BadUrl):
        urls.check_public_https(url)


@pytest.mark.parametrize(
    "address",
    [
        "10.0.0.1",
        "100.100.100.200",
        "127.0.0.1",
        "168.63.129.16",
        "169.254.169.254",
        "192.0.0.192",
        "192.88.99.1",
        "224.0.0.1",
        "::1",
        "64:ff9b::a9fe:a9fe",
        "64:ff9b:1::1",
        "2002:7f00:1::",
        "::7f00:1",
        "::ffff:10.0.0.1",
        "fe80::1",
        "ff02::1",
    ],
)
def test_host_with_a_private_address_is_refused(address: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(
        "socket.getaddrinfo", lambda *_a, **_k: [(0, 0, 0, "", ("93.184.215.14", 443)), (0, 0, 0, "", (address, 443))]
    )

    with pytest.raises(BadUrl):
        urls.check_resolves_public("example.com")


@pytest.mark.parametrize("address", ["93.184.215.14", "2606:2800:21f:cb07:6820:80da:af6b:8b2c"])
def test_host_with_only_public_addresses_passes(address: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("socket.getaddrinfo", lambda *_a, **_k: [(0, 0, 0, "", (address, 443))])

    urls.check_resolves_public("example.com")
