"""Provider registry: one row per provider with its capabilities, settings and file retention.

docs/adding-a-provider.md lists the files that a new provider touches.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from importlib import import_module
from typing import TYPE_CHECKING, cast

from keepreel.settings import settings

if TYPE_CHECKING:  # the API functions read rows and load no adapter
    from keepreel.providers.base import Provider


@dataclass(frozen=True, kw_only=True)
class ProviderInfo:
    """One provider.

    module           the adapter's import path; imported on first use, so that a cold start loads one adapter only
    title            the vendor's name in messages, logs and alarms
    can_cancel       the API can cancel a task that was submitted
    find_by_resend   a lost task is found only by sending the same request again (see `Provider.find`)
    uploads_images   images are accepted by URL only, and the provider stores ours (see `Provider.upload_image`)
    has_estimates    the API tells the account's price of a request (see `Provider.estimate`); a status has no bill
    base_url         the API's host from the settings, without a trailing slash
    secret_name      the Secrets Manager secret with the API keys, from the settings
    file_retention   how long a finished file stays downloadable at the provider, unless a status says until when
    webhook_secret_name   the secret with which the provider signs callbacks, from the settings; empty if it does not
    result_hosts     hosts of finished files, with their subdomains; seen in public examples, because no vendor lists
                     them, so other hosts are reported and, by default, allowed (see workflow/result_hosts.py)
    """

    module: str
    title: str
    can_cancel: bool
    find_by_resend: bool
    uploads_images: bool
    base_url: Callable[[], str]
    secret_name: Callable[[], str]
    file_retention: timedelta
    has_estimates: bool = False
    webhook_secret_name: Callable[[], str] = lambda: ""
    result_hosts: tuple[str, ...] = ()


PROVIDERS: dict[str, ProviderInfo] = {
    "kling": ProviderInfo(
        module="keepreel.providers.kling.adapter",
        title="Kling",
        can_cancel=False,  # Kling documents no way to cancel a task
        find_by_resend=False,
        uploads_images=False,
        base_url=lambda: settings().kling_base_url,
        secret_name=lambda: settings().kling_secret_name,
        webhook_secret_name=lambda: settings().kling_webhook_secret_name,
        file_retention=timedelta(days=30),
        result_hosts=("klingai.com", "kechuangai.com", "kling.ai"),
    ),
    "higgsfield": ProviderInfo(
        module="keepreel.providers.higgsfield.adapter",
        title="Higgsfield",
        can_cancel=True,
        find_by_resend=True,
        uploads_images=True,
        base_url=lambda: settings().higgsfield_base_url,
        secret_name=lambda: settings().higgsfield_secret_name,
        has_estimates=True,
        file_retention=timedelta(days=7),  # https://docs.higgsfield.ai; a status says `expires_at` if it is known
        result_hosts=("higgsfield.ai", "d3u0tzju9qaucj.cloudfront.net", "d8j0ntlcm91z4.cloudfront.net"),
    ),
}


def info(name: str) -> ProviderInfo:
    """Return the row of the provider with this name."""
    return PROVIDERS[name]


def can_cancel(name: str) -> bool:
    """Return whether tasks can be canceled; False for a provider that is no longer registered."""
    row = PROVIDERS.get(name)
    return row is not None and row.can_cancel


def file_retention(name: str) -> timedelta:
    """Return the provider's file retention; for a provider that is no longer registered, the longest of all."""
    row = PROVIDERS.get(name)
    return max(it.file_retention for it in PROVIDERS.values()) if row is None else row.file_retention


def adapter(name: str) -> "Provider":
    """Import and return the provider's adapter module."""
    return cast("Provider", import_module(PROVIDERS[name].module))
