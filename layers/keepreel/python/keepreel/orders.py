"""What a request comes to: the model, the final prompt, the source image and whose limits; nothing is spent here."""

from dataclasses import dataclass
from hashlib import sha256

from keepreel import catalog, fitting, owners, wording
from keepreel.catalog import Model
from keepreel.inputs import BotVideoRequest, ChosenVideo, VideoRequest
from keepreel.models import Community
from keepreel.prompts import Flow
from keepreel.wording import Words


@dataclass(frozen=True, kw_only=True)
class Order:
    """One request for one or more videos that its model can make, with nothing left open.

    `fingerprint` is the same for the same request of the same owner, whatever the community's data say by then.
    """

    owner: str
    payer: str
    created_by: str
    type: str
    model: Model
    chosen: ChosenVideo
    words: Words
    negative_prompt: str | None
    source_image: str | None
    seed: int | None
    variations: int
    remixed_from: str | None = None
    fingerprint: str

    @property
    def cents_each(self) -> int:
        return self.model.estimated_cost_cents(
            duration_seconds=self.chosen.duration_seconds, resolution=self.chosen.resolution
        )

    @property
    def cents(self) -> int:
        return self.cents_each * self.variations


def of_person(request: VideoRequest, *, owner: str) -> Order:
    """A person's own video. Raises InvalidInput."""
    model = fitting.model_named(request.model or catalog.DEFAULT_MODEL)
    return _order(
        request,
        model=model,
        chosen=fitting.chosen(request, model),
        owner=owner,
        payer=owner,
        created_by=owner,
        type="user",
        source_image=request.source_image,
    )


def of_community(request: BotVideoRequest, community: Community, *, created_by: str) -> Order:
    """A community's video, which its owner pays for. Raises InvalidInput.

    The avatar is the source image where the model takes one, unless the request names another, or null for none.
    Without any image the default is a model that makes videos from text.
    """
    source_image = request.source_image if "source_image" in request.model_fields_set else community.avatar
    default = catalog.DEFAULT_BOT_MODEL if source_image else catalog.DEFAULT_BOT_TEXT_MODEL
    model = fitting.model_named(request.model or default)
    if not request.source_image and "image" not in model.flows:
        source_image = None
    return _order(
        request,
        model=model,
        chosen=fitting.chosen(request, model, resolution=catalog.BOT_RESOLUTION),
        owner=owners.of_community(community.community_id),
        payer=community.owner_id,
        created_by=created_by,
        type=request.type,
        source_image=source_image,
        community=community,
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
    community: Community | None = None,
) -> Order:
    fitting.check(model, request, chosen, source_image=source_image)
    return Order(
        owner=owner,
        payer=payer,
        created_by=created_by,
        type=type,
        model=model,
        chosen=chosen,
        words=_words(request, type=type, flow="image" if source_image else "text", community=community),
        negative_prompt=request.negative_prompt,
        source_image=source_image,
        seed=request.seed,
        variations=request.variations,
        fingerprint=_fingerprint(request),
    )


def _fingerprint(request: VideoRequest) -> str:
    # Whether a source image was named at all counts: null means none, and nothing means the community's avatar.
    names_source = "source_image" in request.model_fields_set
    whole = f"{request.model_dump_json(exclude={'dry_run'})}{names_source}"
    return sha256(whole.encode()).hexdigest()


def _words(request: VideoRequest, *, type: str, flow: Flow, community: Community | None) -> Words:
    if community is None or type == "custom":
        return wording.of_request(request, flow=flow)
    wording.refuse_own_words(request, type=type)
    return wording.of_type(type, community, flow=flow)
