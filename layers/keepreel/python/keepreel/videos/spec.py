"""Resolve a request into a VideoSpec: model, final prompt, source image, payer. No side effects."""

import json
from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cached_property
from hashlib import sha256
from typing import cast

from pydantic import BaseModel

from keepreel.db import owners
from keepreel.db.tables import Community
from keepreel.errors import FieldError, InvalidInput
from keepreel.models import catalog
from keepreel.models.model import Flow, Model, Values, delivered
from keepreel.models.options import Options, VideoFormat
from keepreel.prompts import resolve
from keepreel.prompts.resolve import ResolvedPrompt
from keepreel.schemas.requests import BotVideoRequest, VideoRequest
from keepreel.videos import model_lookup, model_selection, options
from keepreel.videos.model_lookup import Selected
from keepreel.videos.options import Asked
from keepreel.workflow import account_prices

NOT_IN_RESULT = {"dry_run", "max_cost"}  # fields of a request that do not change its videos


@dataclass(frozen=True, kw_only=True)
class VideoSpec:
    """One or more videos to create, with every default filled in and checked against the model."""

    owner: str
    payer: str
    created_by: str
    type: str
    model: Model
    requested_model: str | None
    format: VideoFormat
    options: Options
    values: Values  # all of the request, as prices compare it
    prompt: ResolvedPrompt
    negative_prompt: str | None
    source_image: str | None
    seed: int | None
    variations: int
    remixed_from: str | None = None

    @cached_property
    def cents_each(self) -> int:
        """The account's own price if it is known, else the list price; both for the resolution that is delivered."""
        known = account_prices.cents(self.model, self.values)
        return self.model.estimated_cost_cents(delivered(self.model, self.values)) if known is None else known

    @property
    def cents(self) -> int:
        return self.cents_each * self.variations


@dataclass(frozen=True, kw_only=True)
class CreateRequest(ABC):
    """A request that is not resolved yet. A repeated request returns its videos even if it would be refused now.

    `fingerprint` is equal for equal requests of the same owner. `max_cost` is in US dollars.
    """

    owner: str
    payer: str
    fingerprint: str
    max_cost: float | None = None

    @abstractmethod
    def resolve(self) -> VideoSpec:
        """Return the spec. Raises InvalidInput."""


def for_user(request: VideoRequest, *, owner: str) -> CreateRequest:
    """Return the request for a user's own video."""
    return _UserRequest(
        owner=owner, payer=owner, fingerprint=fingerprint(request), max_cost=request.max_cost, request=request
    )


def for_community(
    request: BotVideoRequest, community: Community, *, created_by: str, token: Mapping[str, str] | None = None
) -> CreateRequest:
    """Return the request for a community's video, which the community's owner pays for.

    `token` has token fields that the community's record may not have yet.
    """
    return _CommunityRequest(
        owner=owners.of_community(community.community_id),
        payer=community.owner_id,
        # A null source image means none; without the field, the avatar is used.
        fingerprint=fingerprint(request, "source_image" in request.model_fields_set),
        max_cost=request.max_cost,
        request=request,
        community=community,
        created_by=created_by,
        token=token or {},
    )


def fingerprint(request: BaseModel, *more: object) -> str:
    """Return a hash of the request's fields, independent of their order. A default value counts as left out.

    `NOT_IN_RESULT` is left out: a repeat with another maximum is the same request, and must not pay for a second video.
    """
    fields = request.model_dump(mode="json", exclude=NOT_IN_RESULT, exclude_defaults=True)
    return sha256(json.dumps([fields, *more], sort_keys=True).encode()).hexdigest()


def checked(
    request: CreateRequest,
    selected: Selected,
    asked: Asked,
    *,
    prompt: Callable[[], ResolvedPrompt],
    source_image: str | None,
    created_by: str,
    type: str,
    variations: int,
    resolution: str = "",
    remixed_from: str | None = None,
) -> VideoSpec:
    """Fill in the defaults and return the spec. Raises InvalidInput with every violation at once.

    Raises InvalidInput also for a request that costs more than its `max_cost`.

    `prompt` renders the prompt of a request without shots; the shots' prompts replace it.
    """
    model = selected.model
    flow: Flow = "image" if source_image else "text"
    filled = options.fill(asked, model, flow=flow, resolution=resolution)
    errors = model_selection.violations(model, asked, filled, source_image=source_image)
    try:
        resolved = prompt()
    except InvalidInput as error:
        if not errors:
            raise
        errors += error.errors
    else:
        errors += model_selection.prompt_violations(model, resolved.final_prompt, flow=flow, shots=filled.options.shots)
    model_selection.require_none(model, errors)
    found = VideoSpec(
        owner=request.owner,
        payer=request.payer,
        created_by=created_by,
        type=type,
        model=model,
        requested_model=selected.requested_model,
        format=filled.format,
        options=filled.options,
        values=filled.values,
        prompt=resolved,
        negative_prompt=filled.negative_prompt,
        source_image=source_image,
        seed=filled.seed,
        variations=variations,
        remixed_from=remixed_from,
    )
    if request.max_cost is not None:
        _check_cost(found, max_usd=request.max_cost)
    return found


def _check_cost(spec: VideoSpec, *, max_usd: float) -> None:
    """Raise InvalidInput if the estimate, as a dry run returns it, is higher than the maximum."""
    usd = spec.cents / 100
    if usd > max_usd:
        detail = f"This request costs an estimated ${usd:.2f}, which is more than its max_cost of ${max_usd:g}."
        raise InvalidInput(detail, code="max_cost_exceeded", errors=(FieldError("/max_cost", detail),))


@dataclass(frozen=True, kw_only=True)
class _UserRequest(CreateRequest):
    request: VideoRequest

    def resolve(self) -> VideoSpec:
        request = self.request
        flow: Flow = "image" if request.source_image else "text"
        return checked(
            self,
            _selected(request, role="user", flow=flow),
            options.of_request(request),
            prompt=lambda: resolve.from_request(request, flow=flow),
            source_image=request.source_image,
            created_by=self.owner,
            type="user",
            variations=request.variations,
        )


@dataclass(frozen=True, kw_only=True)
class _CommunityRequest(CreateRequest):
    request: BotVideoRequest
    community: Community
    created_by: str
    token: Mapping[str, str]

    def resolve(self) -> VideoSpec:
        selected, source_image = self._model_and_source_image()
        return checked(
            self,
            selected,
            options.of_request(self.request),
            prompt=lambda: self._prompt(has_image=source_image is not None),
            source_image=source_image,
            created_by=self.created_by,
            type=self.request.type,
            variations=self.request.variations,
            resolution=catalog.BOT_RESOLUTION,
        )

    def _model_and_source_image(self) -> tuple[Selected, str | None]:
        """Use the avatar as the source image if the model accepts one, unless the request has its own or null.

        Without any image, the default model is one that generates from text.
        """
        is_given = "source_image" in self.request.model_fields_set
        source_image = self.request.source_image if is_given else self.community.avatar
        role, flow = ("bot", "image") if source_image else ("bot_without_image", "text")
        selected = _selected(self.request, role=role, flow=cast("Flow", flow))
        if not self.request.source_image and "image" not in selected.model.flows:
            source_image = None
        return selected, source_image

    def _prompt(self, *, has_image: bool) -> ResolvedPrompt:
        flow: Flow = "image" if has_image else "text"
        if self.request.type == "custom":
            return resolve.from_request(self.request, flow=flow)
        resolve.reject_own_prompt(self.request, type=self.request.type)
        fields = {**resolve.community_fields(self.community), **self.token}
        return resolve.from_bot_type(self.request.type, fields, flow=flow)


def _selected(request: VideoRequest, *, role: str, flow: Flow) -> Selected:
    if request.model is None:
        return Selected(model=model_lookup.default_model(role, flow=flow))
    return model_lookup.select(request.model, flow=flow, allow_successor=request.allow_successor)
