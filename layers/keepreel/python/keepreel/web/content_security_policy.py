"""Security headers of the page: only our own scripts and styles run, and only the listed hosts are reachable."""

from keepreel.media import origins
from keepreel.settings import cognito_url, settings


def headers() -> dict[str, str]:
    return {
        "Content-Security-Policy": _content_security_policy(),
        "Cross-Origin-Opener-Policy": "same-origin",
        "Permissions-Policy": "camera=(), clipboard-write=(self), geolocation=(), microphone=(), payment=(), usb=()",
        "Referrer-Policy": "no-referrer",
    }


def _content_security_policy() -> str:
    # The page, its files and its API have one origin. Another one is named only if the setting does, because a read of
    # the CDN's name would make the first view of the page slow.
    media_host, uploads_host = f" {settings().public_url}".rstrip(), origins.uploads()
    return "; ".join(
        (
            "default-src 'none'",
            "script-src 'self'",
            "style-src 'self'",
            f"img-src 'self' blob:{media_host} {uploads_host}",
            f"media-src 'self' blob:{media_host}",
            f"connect-src 'self' {cognito_url()} {uploads_host}",
            "base-uri 'none'",
            "form-action 'none'",  # forms are handled by scripts; the browser itself never submits one
            "frame-ancestors 'none'",
            "require-trusted-types-for 'script'",
            "trusted-types 'none'",
        )
    )
