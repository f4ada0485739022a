"""What a request comes to: the model, the final prompt, the source image and whose limits; nothing is spent here."""

from collections.abc import Mapping
from dataclasses import dataclass
from hashlib import sha256

from keepreel import catalog, owners, wording
from keepreel.catalog import Model
from keepreel.errors import FieldError, InvalidInput
from keepreel.inputs import BotVideoRequest, ChosenVideo, VideoRequest
from keepreel.models import Community
from keepreel.prompts import Flow, Template


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
    prompt: str | None
    template: Template | None
    final_prompt: str
    negative_prompt: str | None
    source_image: str | None
    seed: int | None
    variations: int
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
    model = _model(request.model or catalog.DEFAULT_MODEL)
    return _order(
        request,
        model=model,
        chosen=_chosen(request, model),
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
    model = _model(request.model or default)
    if not request.source_image and "image" not in model.flows:
        source_image = None
    return _order(
        request,
        model=model,
        chosen=_chosen(request, model, resolution=catalog.BOT_RESOLUTION),
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
    if errors := [*_unfit(model, request, chosen), *_unfit_source(model, source_image)]:
        raise InvalidInput(f"{model.name} cannot make this.", errors=tuple(errors))
    template, final_prompt = _prompt(request, type=type, flow="image" if source_image else "text", community=community)
    return Order(
        owner=owner,
        payer=payer,
        created_by=created_by,
        type=type,
        model=model,
        chosen=chosen,
        prompt=request.prompt,
        template=template,
        final_prompt=final_prompt,
        negative_prompt=request.negative_prompt,
        source_image=source_image,
        seed=request.seed,
        variations=request.variations,
        fingerprint=_fingerprint(request),
    )


def _model(id: str) -> Model:
    model = catalog.offered().get(id)
    if model is None:
        detail = f"There is no such model. These work: {', '.join(catalog.offered())}."
        raise InvalidInput(detail, code="model_unavailable", errors=(FieldError("/model", detail),))
    return model


def _chosen(request: VideoRequest, model: Model, *, resolution: str = "") -> ChosenVideo:
    """What is left open takes the model's first choice; `resolution` goes before it where the model offers it."""
    first_choices = {
        "duration_seconds": model.durations[0],
        "aspect_ratio": model.aspect_ratios[0],
        "resolution": resolution if resolution in model.resolutions else model.resolutions[0],
    }
    given = request.model_dump(include=set(first_choices), exclude_none=True)
    return ChosenVideo.model_validate(first_choices | given)


def _fingerprint(request: VideoRequest) -> str:
    # Whether a source image was named at all counts: null means none, and nothing means the community's avatar.
    names_source = "source_image" in request.model_fields_set
    whole = f"{request.model_dump_json(exclude={'dry_run'})}{names_source}"
    return sha256(whole.encode()).hexdigest()


def _unfit(model: Model, request: VideoRequest, chosen: ChosenVideo) -> list[FieldError]:
    offered: Mapping[str, tuple[object, ...]] = {
        "duration_seconds": model.durations,
        "aspect_ratio": model.aspect_ratios,
        "resolution": model.resolutions,
    }
    errors = [
        FieldError(f"/{name}", f"{model.name} offers {', '.join(map(str, values))}.")
        for name, values in offered.items()
        if getattr(chosen, name) not in values
    ]
    if request.negative_prompt and "negative_prompt" not in model.takes:
        errors.append(FieldError("/negative_prompt", f"{model.name} takes no negative prompt."))
    if request.seed is not None and "seed" not in model.takes:
        errors.append(FieldError("/seed", f"{model.name} takes no seed."))
    return errors


def _unfit_source(model: Model, source_image: str | None) -> list[FieldError]:
    if source_image and "image" not in model.flows:
        return [FieldError("/source_image", f"{model.name} makes videos from text alone.")]
    if not source_image and "text" not in model.flows:
        others = ", ".join(other.id for other in catalog.offered().values() if "text" in other.flows)
        return [FieldError("/source_image", f"{model.name} needs a source image. From text alone: {others}.")]
    return []


def _prompt(
    request: VideoRequest, *, type: str, flow: Flow, community: Community | None
) -> tuple[Template | None, str]:
    """The template, if one builds the prompt, and the prompt as it will be sent."""
    if community is None or type == "custom":
        return wording.of_request(request, flow=flow)
    wording.refuse_own_words(request, type=type)
    return wording.of_type(type, community, flow=flow)
