"""Security headers of the page: only our own scripts and styles run, and only the listed hosts are reachable."""

from keepreel.media import storage, uploads
from keepreel.settings import cognito_url


def headers() -> dict[str, str]:
    """Return the headers. Raises StoreUnavailable."""
    return {
        "Content-Security-Policy": _content_security_policy(),
        "Cross-Origin-Opener-Policy": "same-origin",
        "Permissions-Policy": "camera=(), clipboard-write=(self), geolocation=(), microphone=(), payment=(), usb=()",
        "Referrer-Policy": "no-referrer",
    }


def _content_security_policy() -> str:
    media_host, uploads_host = storage.public_base(), uploads.origin()
    return "; ".join(
        (
            "default-src 'none'",
            "script-src 'self'",
            "style-src 'self'",
            f"img-src 'self' blob: {media_host} {uploads_host}",
            f"media-src 'self' blob: {media_host}",
            f"connect-src 'self' {cognito_url()} {uploads_host}",
            "base-uri 'none'",
            "form-action 'none'",  # forms are handled by scripts; the browser itself never submits one
            "frame-ancestors 'none'",
            "require-trusted-types-for 'script'",
            "trusted-types 'none'",
        )
    )
