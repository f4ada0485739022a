"""What a browser may do on our page, as headers: our own scripts and styles alone, and no host but those named."""

from keepreel.media import storage, uploads
from keepreel.settings import cognito_url


def headers() -> dict[str, str]:
    """Raises StoreUnavailable."""
    return {
        "Content-Security-Policy": _content_security_policy(),
        "Cross-Origin-Opener-Policy": "same-origin",
        "Permissions-Policy": "camera=(), clipboard-write=(self), geolocation=(), microphone=(), payment=(), usb=()",
        "Referrer-Policy": "no-referrer",
    }


def _content_security_policy() -> str:
    kept, uploaded = storage.public_base(), uploads.origin()
    return "; ".join(
        (
            "default-src 'none'",
            "script-src 'self'",
            "style-src 'self'",
            f"img-src 'self' blob: {kept} {uploaded}",
            f"media-src 'self' blob: {kept}",
            f"connect-src 'self' {cognito_url()} {uploaded}",
            "base-uri 'none'",
            "form-action 'none'",  # forms are for scripts alone: none is ever sent by the browser itself
            "frame-ancestors 'none'",
            "require-trusted-types-for 'script'",
            "trusted-types 'none'",
        )
    )
