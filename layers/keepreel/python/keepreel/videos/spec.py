"""Resolve a request into a VideoSpec: model, final prompt, source image, payer. No side effects."""

import json
from abc import ABC, abstractmethod
from collections.abc import Mapping
from dataclasses import dataclass
from hashlib import sha256

from pydantic import BaseModel

from keepreel.db import owners
from keepreel.db.tables import Community
from keepreel.models import catalog
from keepreel.models.model import Flow, Model
from keepreel.prompts import resolve
from keepreel.prompts.resolve import ResolvedPrompt
from keepreel.schemas.requests import BotVideoRequest, VideoFormat, VideoRequest
from keepreel.videos import model_selection


@dataclass(frozen=True, kw_only=True)
class VideoSpec:
    """One or more videos to create, with every default filled in and checked against the model."""

    owner: str
    payer: str
    created_by: str
    type: str
    model: Model
    format: VideoFormat
    prompt: ResolvedPrompt
    negative_prompt: str | None
    source_image: str | None
    seed: int | None
    variations: int
    remixed_from: str | None = None

    @property
    def cents_each(self) -> int:
        return self.model.estimated_cost_cents(self.format.model_dump())

    @property
    def cents(self) -> int:
        return self.cents_each * self.variations


@dataclass(frozen=True, kw_only=True)
class CreateRequest(ABC):
    """A request that is not resolved yet. A repeated request returns its videos even if it would be refused now.

    `fingerprint` is equal for equal requests of the same owner.
    """

    owner: str
    payer: str
    fingerprint: str

    @abstractmethod
    def resolve(self) -> VideoSpec:
        """Return the spec. Raises InvalidInput."""


def for_user(request: VideoRequest, *, owner: str) -> CreateRequest:
    """Return the request for a user's own video."""
    return _UserRequest(owner=owner, payer=owner, fingerprint=fingerprint(request), request=request)


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
        request=request,
        community=community,
        created_by=created_by,
        token=token or {},
    )


def fingerprint(request: BaseModel, *more: object) -> str:
    """Return a hash of the request's fields, independent of their order. A default value counts as left out."""
    fields = request.model_dump(mode="json", exclude={"dry_run"}, exclude_defaults=True)
    return sha256(json.dumps([fields, *more], sort_keys=True).encode()).hexdigest()


@dataclass(frozen=True, kw_only=True)
class _UserRequest(CreateRequest):
    request: VideoRequest

    def resolve(self) -> VideoSpec:
        request = self.request
        flow: Flow = "image" if request.source_image else "text"
        find, default = model_selection.find_model, model_selection.default_model
        model = find(request.model) if request.model else default("user", flow=flow)
        format = model_selection.with_defaults(request, model)
        model_selection.validate(model, request, format, source_image=request.source_image)
        prompt = resolve.from_request(request, flow=flow)
        model_selection.validate_prompt(model, prompt.final_prompt)
        return VideoSpec(
            owner=self.owner,
            payer=self.payer,
            created_by=self.owner,
            type="user",
            model=model,
            format=format,
            prompt=prompt,
            negative_prompt=request.negative_prompt,
            source_image=request.source_image,
            seed=request.seed,
            variations=request.variations,
        )


@dataclass(frozen=True, kw_only=True)
class _CommunityRequest(CreateRequest):
    request: BotVideoRequest
    community: Community
    created_by: str
    token: Mapping[str, str]

    def resolve(self) -> VideoSpec:
        request = self.request
        model, source_image = self._model_and_source_image()
        format = model_selection.with_defaults(request, model, resolution=catalog.BOT_RESOLUTION)
        model_selection.validate(model, request, format, source_image=source_image)
        prompt = self._prompt(has_image=source_image is not None)
        model_selection.validate_prompt(model, prompt.final_prompt)
        return VideoSpec(
            owner=self.owner,
            payer=self.payer,
            created_by=self.created_by,
            type=request.type,
            model=model,
            format=format,
            prompt=prompt,
            negative_prompt=request.negative_prompt,
            source_image=source_image,
            seed=request.seed,
            variations=request.variations,
        )

    def _model_and_source_image(self) -> tuple[Model, str | None]:
        """Use the avatar as the source image if the model accepts one, unless the request has its own or null.

        Without any image, the default model is one that generates from text.
        """
        is_given = "source_image" in self.request.model_fields_set
        source_image = self.request.source_image if is_given else self.community.avatar
        if self.request.model:
            model = model_selection.find_model(self.request.model)
        else:
            model = _default_model(has_image=source_image is not None)
        if not self.request.source_image and "image" not in model.flows:
            source_image = None
        return model, source_image

    def _prompt(self, *, has_image: bool) -> ResolvedPrompt:
        flow: Flow = "image" if has_image else "text"
        if self.request.type == "custom":
            return resolve.from_request(self.request, flow=flow)
        resolve.reject_own_prompt(self.request, type=self.request.type)
        fields = {**resolve.community_fields(self.community), **self.token}
        return resolve.from_bot_type(self.request.type, fields, flow=flow)


def _default_model(*, has_image: bool) -> Model:
    if has_image:
        return model_selection.default_model("bot", flow="image")
    return model_selection.default_model("bot_without_image", flow="text")
