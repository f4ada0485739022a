"""Settings from the environment. All functions have the same variables, which template.yaml sets under Globals."""

import os
from dataclasses import dataclass
from functools import lru_cache


class MissingSetting(RuntimeError):
    """An environment variable that the template sets is missing."""


@dataclass(frozen=True, kw_only=True)
class DemoUser:
    """Public demo account; its password is not secret."""

    email: str
    password: str


@dataclass(frozen=True, kw_only=True)
class Settings:
    videos_table: str
    requests_table: str
    communities_table: str
    shares_table: str
    slots_table: str
    media_bucket: str
    video_workflow_arn: str
    dispatch_function: str  # the name of the function that gives slots to waiting videos
    worker_function: str  # the name of the function that runs jobs on people's data
    event_bus: str
    # The public URL without a trailing slash. Empty on AWS without a custom domain: the CDN's name is known only after
    # the functions exist, so it is read from this SSM parameter.
    public_url: str
    public_url_parameter: str
    paused_parameter: str  # name of the SSM parameter that is the pause switch
    kling_secret_name: str
    kling_base_url: str
    higgsfield_secret_name: str
    higgsfield_base_url: str
    # Path of the model higgsfield/realistic-vision-v5, which Higgsfield's documentation does not list.
    higgsfield_model_path: str
    # How long Higgsfield keeps an Idempotency-Key. Not documented; after this time nothing is sent again.
    higgsfield_key_hours: float
    # Content credentials: "sign" adds one to a file without one, "keep" only reads what is there, "off" does neither.
    content_credentials: str
    content_credentials_secret_name: str  # {"certificate": PEM chain, "private_key": PEM}, or without the key for KMS
    content_credentials_kms_key_id: str  # the KMS key that signs; empty for the key in the secret
    timestamp_url: str  # of an RFC 3161 timestamp authority; empty for none
    count_function: str  # counts views and downloads
    signing_secret_name: str  # the secret with this deployment's random signing key
    callbacks: bool  # whether providers are asked to call back when a task ends
    kling_webhook_secret_name: str  # the secret with Kling's webhook secrets; empty: callbacks are not signed
    # Multiplies every wait and settle time of the workflow: 1 on AWS, less with simulators.
    wait_scale: float
    # Videos that a provider runs at once: `<provider>=<number>`, or `<queue>=<number>` for one queue, as a comma list.
    provider_capacity: str
    # Limits per user, for their own videos and those of their communities together.
    daily_video_limit: int
    daily_spend_limit_cents: int
    in_flight_limit: int
    fairness_seconds: int  # between the places in the queue of two videos of one user
    # Limit for all users together; 0 means none. A change counts from the next day (UTC).
    global_daily_spend_limit_cents: int
    global_spend_shards: int  # items that share the limit; more of them for more than twenty requests a second
    user_pool_id: str
    # Public values that the page needs for sign-in.
    user_pool_client_id: str
    self_sign_up: bool
    demo_user: DemoUser | None


@lru_cache(maxsize=1)
def settings() -> Settings:
    """Return the settings of this process, read once. Raises MissingSetting, which names the variable."""
    return Settings(
        videos_table=_variable("VIDEOS_TABLE"),
        requests_table=_variable("REQUESTS_TABLE"),
        communities_table=_variable("COMMUNITIES_TABLE"),
        shares_table=_variable("SHARES_TABLE"),
        slots_table=_variable("SLOTS_TABLE"),
        media_bucket=_variable("MEDIA_BUCKET"),
        video_workflow_arn=_variable("VIDEO_WORKFLOW_ARN"),
        dispatch_function=_variable("DISPATCH_FUNCTION"),
        worker_function=_variable("WORKER_FUNCTION"),
        event_bus=_variable("EVENT_BUS"),
        public_url=_variable("PUBLIC_URL").rstrip("/"),
        public_url_parameter=_variable("PUBLIC_URL_PARAMETER"),
        paused_parameter=_variable("PAUSED_PARAMETER"),
        kling_secret_name=_variable("KLING_SECRET_NAME"),
        kling_base_url=_variable("KLING_BASE_URL").rstrip("/"),
        higgsfield_secret_name=_variable("HIGGSFIELD_SECRET_NAME"),
        higgsfield_base_url=_variable("HIGGSFIELD_BASE_URL").rstrip("/"),
        higgsfield_model_path=_variable("HIGGSFIELD_MODEL_PATH").strip("/"),
        higgsfield_key_hours=float(_variable("HIGGSFIELD_KEY_HOURS")),
        content_credentials=_variable("CONTENT_CREDENTIALS"),
        content_credentials_secret_name=_variable("CONTENT_CREDENTIALS_SECRET_NAME"),
        content_credentials_kms_key_id=_variable("CONTENT_CREDENTIALS_KMS_KEY_ID"),
        timestamp_url=_variable("TIMESTAMP_URL"),
        count_function=_variable("COUNT_FUNCTION"),
        signing_secret_name=_variable("SIGNING_SECRET_NAME"),
        callbacks=_variable("CALLBACKS") == "yes",
        kling_webhook_secret_name=_variable("KLING_WEBHOOK_SECRET_NAME"),
        wait_scale=float(_variable("WAIT_SCALE")),
        provider_capacity=_variable("PROVIDER_CAPACITY"),
        daily_video_limit=int(_variable("DAILY_VIDEO_LIMIT")),
        daily_spend_limit_cents=int(_variable("DAILY_SPEND_LIMIT_CENTS")),
        in_flight_limit=int(_variable("IN_FLIGHT_LIMIT")),
        fairness_seconds=int(_variable("FAIRNESS_SECONDS")),
        global_daily_spend_limit_cents=int(_variable("GLOBAL_DAILY_SPEND_LIMIT_CENTS")),
        global_spend_shards=int(_variable("GLOBAL_SPEND_SHARDS")),
        user_pool_id=_variable("USER_POOL_ID"),
        user_pool_client_id=_variable("USER_POOL_CLIENT_ID"),
        self_sign_up=_variable("SELF_SIGN_UP") == "yes",
        demo_user=_demo_user(_variable("DEMO_USER")),
    )


def cognito_url() -> str:
    """Return the URL of the Cognito API."""
    return aws_endpoint_url() or f"https://cognito-idp.{aws_region()}.amazonaws.com"


def extra_models() -> frozenset[str]:
    """Return the models that are switched off by default, but on in this deployment. None outside of a deployment."""
    return frozenset(filter(None, map(str.strip, os.environ.get("EXTRA_MODELS", "").split(","))))


def result_hosts() -> frozenset[str]:
    """Return hosts of providers' files that the registry does not list, with their subdomains; `*` is every host."""
    return frozenset(filter(None, map(str.strip, os.environ.get("RESULT_HOSTS", "*").lower().split(","))))


def poll_function() -> str:
    """Return the name of the function that polls a provider; set only for the function that receives callbacks."""
    return os.environ["POLL_FUNCTION"]


def cdn_key() -> str:
    """Return the value that the CDN sends along with each request; "" if there is no CDN."""
    return os.environ.get("CDN_KEY", "")


def is_only_through_cdn() -> bool:
    """Return whether requests that do not come through the CDN are refused."""
    return os.environ.get("ONLY_THROUGH_CDN") == "yes"


def aws_endpoint_url() -> str | None:
    """Return the local stack's endpoint for all AWS services, which boto3 uses too; None on AWS."""
    return os.environ.get("AWS_ENDPOINT_URL") or None


def aws_region() -> str:
    """Return the region, which Lambda sets for every function."""
    return os.environ["AWS_REGION"]


def _demo_user(value: str) -> DemoUser | None:
    """Parse `email:password`; empty means no demo user."""
    email, _, password = value.partition(":")
    return DemoUser(email=email, password=password) if email else None


def _variable(name: str) -> str:
    try:
        return os.environ[name]
    except KeyError:
        raise MissingSetting(f"the environment variable {name} is not set; template.yaml, Globals, sets it") from None
