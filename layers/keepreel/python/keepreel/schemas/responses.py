"""Response models of everything but videos: uploads, communities, models, templates, links, statistics, errors.

Tests compare the response models with what `api/serializers.py` returns.
"""

from typing import Annotated, Any, Literal

from pydantic import Field

from keepreel.schemas.response_types import Day, Response, Time, Url
from keepreel.schemas.video_responses import Counts, UsedTemplate, UsualSeconds


class UploadForm(Response):
    """Post the fields and then the file, as multipart/form-data, to the URL."""

    url: Url
    fields: dict[str, str]


class Upload(Response):
    upload: UploadForm
    source_image: Annotated[str, Field(examples=["upload:0198f2a0000070008000000000000001"])]
    expires_at: Time


class CommunityLinks(Response):
    self: str
    videos: str
    prompt: str


class Community(Response):
    id: str
    name: str
    agent_name: str | None
    agent_instructions: str | None
    avatar: str | None
    avatar_url: Annotated[Url | None, Field(description="Valid for an hour")]
    token_name: str | None
    token_symbol: str | None
    created_at: Time
    updated_at: Time
    links: CommunityLinks


class CommunityPage(Response):
    communities: list[Community]
    next_cursor: str | None


class PromptPreview(Response):
    """The prompt as it would be sent."""

    type: str
    final_prompt: str
    template: UsedTemplate | None
    model: str
    source_image_url: str | None


class Limits(Response):
    """Bounds of the model's inputs, so that a client can check its input before it sends a request."""

    max_prompt_chars: int
    max_prompt_chars_from_image: int | None
    min_seed: int
    max_seed: Annotated[int | None, Field(description="Seeds are `min_seed` to this number; null: no seed")]
    max_image_bytes: int
    min_image_side: Annotated[int, Field(description="Pixels, after the crop to the aspect ratio")]
    image_formats: Annotated[list[str], Field(description="Sent unchanged; other formats are converted")]
    min_image_ratio: Annotated[float, Field(description="Width divided by height")]
    max_image_ratio: float


class ModelOption(Response):
    """What the model accepts for one option."""

    default: Annotated[Any, Field(description="Sent if the request has no value; null: nothing is sent")]
    values: Annotated[list[Any], Field(description="Allowed values; empty: any")]
    minimum: Annotated[float | None, Field(description="Of a number, or of the number of items in a list")]
    maximum: float | None
    max_chars: Annotated[int | None, Field(description="Of each text in a list")]
    is_fixed: Annotated[bool, Field(description="The model has only the default value")]
    is_required: bool
    is_joined: Annotated[bool, Field(description="All texts of the list together have at most `max_prompt_chars`")]


class ModelRule(Response):
    """If every field in `when` has one of its values, every field in `needs` must, too.

    The fields are `flow` ("image" with a source image, else "text"), length, shape, resolution and the options. An
    image, a list or a text counts as true if it is present. A missing value is false.
    """

    when: dict[str, list[Any]]
    needs: dict[str, list[Any]]


class ModelPrice(Response):
    """A price for requests whose fields have the values of `when`, compared as in rules. The first that applies counts.

    The resolution is compared as delivered (see `delivers`).
    """

    when: dict[str, Any]
    usd_per_second: float | None
    usd_per_video: float | None


class Model(Response):
    id: str
    name: str
    provider: str
    flows: list[Literal["image", "text"]]
    duration_seconds: list[int]
    aspect_ratios: list[str]
    resolutions: list[str]
    delivers: Annotated[str | None, Field(description="The resolution that is delivered, if the model chooses it")]
    takes_negative_prompt: bool
    takes_seed: bool
    options: Annotated[dict[str, ModelOption], Field(description="By name; the model refuses every other option")]
    rules: list[ModelRule]
    limits: Limits
    prices: list[ModelPrice]
    usd_per_second: Annotated[dict[str, float], Field(description="By resolution, without options")]
    price_verified_at: Day | None
    usual_seconds: UsualSeconds
    default_for: list[Literal["user", "bot", "bot_without_image"]]
    successor: Annotated[str | None, Field(description="The model that replaces this one when it ends")]
    notes: str


class Models(Response):
    models: list[Model]


class TemplateVariable(Response):
    name: str
    label: str
    required: bool
    longest: int
    default: str | None
    example: str | None
    flows: list[Literal["image", "text"]]


class Template(Response):
    id: str
    version: int
    name: str
    category: str
    description: str
    type: Literal["intro", "promo", "token_reveal"] | None
    flows: list[Literal["image", "text"]]
    variables: list[TemplateVariable]
    wording: Annotated[dict[str, str], Field(description="By flow; `$name` is a variable")]


class Templates(Response):
    templates: list[Template]


class ShareLink(Response):
    url: Url
    expires_at: Time | None


class DayCounts(Counts):
    day: Day


class Stats(Response):
    """All-time counts, and counts per day of the last 30 days, newest first (UTC)."""

    total: Counts
    days: list[DayCounts]


class DownloadLink(Response):
    """A URL that is valid for 15 minutes. A 302 has the same URL in `Location`."""

    url: Url


class DemoUser(Response):
    email: str
    password: str


class Config(Response):
    """What a page needs to sign users in with the Cognito API."""

    cognito_url: Annotated[Url, Field(description="URL of the Cognito API")]
    user_pool_client_id: str
    is_sign_up_open: Annotated[bool, Field(description="Whether anyone may create an account")]
    demo_user: Annotated[DemoUser | None, Field(description="Public demo account of a sandbox")]


class ProblemField(Response):
    pointer: Annotated[str, Field(description="Into the body (RFC 6901), or the name of a parameter")]
    detail: str


class Problem(Response):
    """Why a request was rejected (RFC 9457). `code` is stable, for scripts."""

    type: str
    title: str
    status: int
    detail: str
    instance: str
    code: str
    request_id: str
    errors: list[ProblemField]
    successor: Annotated[str | None, Field(description="With `model_unavailable`: the model to use instead")] = None


class GatewayMessage(Response):
    """The format of errors from the gateway itself."""

    message: str
