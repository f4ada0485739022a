"""What a request comes to: the model, the final prompt, the source image and whose limits; nothing is spent here."""

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial
from hashlib import sha256

from pydantic import BaseModel

from keepreel import catalog
from keepreel.catalog import Model
from keepreel.db import owners
from keepreel.db.tables import Community
from keepreel.prompts import resolve
from keepreel.prompts.resolve import ResolvedPrompt
from keepreel.prompts.templates import Flow
from keepreel.schemas.requests import BotVideoRequest, ChosenVideo, VideoRequest
from keepreel.videos import model_selection


@dataclass(frozen=True, kw_only=True)
class Order:
    """One or more videos that a model can make, with nothing left open."""

    owner: str
    payer: str
    created_by: str
    type: str
    model: Model
    chosen: ChosenVideo
    words: ResolvedPrompt
    negative_prompt: str | None
    source_image: str | None
    seed: int | None
    variations: int
    remixed_from: str | None = None

    @property
    def cents_each(self) -> int:
        return self.model.estimated_cost_cents(
            duration_seconds=self.chosen.duration_seconds, resolution=self.chosen.resolution
        )

    @property
    def cents(self) -> int:
        return self.cents_each * self.variations


@dataclass(frozen=True, kw_only=True)
class Asked:
    """A request before it is looked into: one that was made before is answered again, whatever would be said of it now.

    `fingerprint` is the same for the same request of the same owner. `order()` raises InvalidInput.
    """

    owner: str
    payer: str
    fingerprint: str
    order: Callable[[], Order]


def of_person(request: VideoRequest, *, owner: str) -> Asked:
    """A person's own video."""
    return Asked(
        owner=owner,
        payer=owner,
        fingerprint=fingerprint(request),
        order=partial(_order_of_person, request, owner=owner),
    )


def of_community(
    request: BotVideoRequest, community: Community, *, created_by: str, token: Mapping[str, str] | None = None
) -> Asked:
    """A community's video, which its owner pays for. `token` says what the community's record may not know yet.

    The avatar is the source image where the model takes one, unless the request names another, or null for none.
    Without any image the default is a model that makes videos from text.
    """
    return Asked(
        owner=owners.of_community(community.community_id),
        payer=community.owner_id,
        # Null means none, and nothing means the avatar.
        fingerprint=fingerprint(request, "source_image" in request.model_fields_set),
        order=partial(_order_of_community, request, community, created_by=created_by, token=token or {}),
    )


def fingerprint(request: BaseModel, *more: object) -> str:
    """Of what is asked for, however it is written; a field that is left at its default counts as left out."""
    said = request.model_dump(mode="json", exclude={"dry_run"}, exclude_defaults=True)
    return sha256(json.dumps([said, *more], sort_keys=True).encode()).hexdigest()


def _order_of_person(request: VideoRequest, *, owner: str) -> Order:
    model = model_selection.model_named(request.model or catalog.DEFAULT_MODEL)
    return _order(
        request,
        model=model,
        chosen=model_selection.chosen(request, model),
        owner=owner,
        payer=owner,
        created_by=owner,
        type="user",
        source_image=request.source_image,
    )


def _order_of_community(
    request: BotVideoRequest, community: Community, *, created_by: str, token: Mapping[str, str]
) -> Order:
    source_image = request.source_image if "source_image" in request.model_fields_set else community.avatar
    default = catalog.DEFAULT_BOT_MODEL if source_image else catalog.DEFAULT_BOT_TEXT_MODEL
    model = model_selection.model_named(request.model or default)
    if not request.source_image and "image" not in model.flows:
        source_image = None
    return _order(
        request,
        model=model,
        chosen=model_selection.chosen(request, model, resolution=catalog.BOT_RESOLUTION),
        owner=owners.of_community(community.community_id),
        payer=community.owner_id,
        created_by=created_by,
        type=request.type,
        source_image=source_image,
        fields={**resolve.community_fields(community), **token},
    )


def _order(
    request: VideoRequest,
    *,
    model: Model,
    chosen: ChosenVideo,
    owner: str,
    payer: str,
    created_by: str,
    type: str,
    source_image: str | None,
    fields: Mapping[str, str | None] | None = None,
) -> Order:
    model_selection.check(model, request, chosen, source_image=source_image)
    words = _words(request, type=type, flow="image" if source_image else "text", fields=fields)
    model_selection.check_prompt(model, words.final_prompt)
    return Order(
        owner=owner,
        payer=payer,
        created_by=created_by,
        type=type,
        model=model,
        chosen=chosen,
        words=words,
        negative_prompt=request.negative_prompt,
        source_image=source_image,
        seed=request.seed,
        variations=request.variations,
    )


def _words(request: VideoRequest, *, type: str, flow: Flow, fields: Mapping[str, str | None] | None) -> ResolvedPrompt:
    if fields is None or type == "custom":
        return resolve.from_request(request, flow=flow)
    resolve.reject_own_prompt(request, type=type)
    return resolve.from_bot_type(type, fields, flow=flow)
