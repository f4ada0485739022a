"""The prompt that a request comes to: as written, or built by a template; and what to say when it cannot be built."""

from collections.abc import Mapping
from dataclasses import dataclass

from keepreel.db.tables import Community
from keepreel.errors import FieldError, InvalidInput
from keepreel.prompts import templates
from keepreel.prompts.templates import BadVariables, Flow, FlowNotOffered, MissingVariables, Template
from keepreel.schemas.requests import VideoRequest

_COMMUNITY_FIELDS = ("name", "agent_name", "agent_instructions", "token_name", "token_symbol")


@dataclass(frozen=True, kw_only=True)
class Words:
    """A prompt as given (None where a template built all of it), the template, and the prompt as it will be sent."""

    prompt: str | None
    template: str | None = None
    template_version: int | None = None
    final_prompt: str


def fields_of(community: Community) -> dict[str, str | None]:
    """What a community says that a prompt may be built from."""
    return {name: getattr(community, name) for name in _COMMUNITY_FIELDS}


def of_type(type: str, fields: Mapping[str, str | None], *, flow: Flow) -> Words:
    """What the template of a bot video's type builds from what the community says.

    Raises InvalidInput, which names every field that the community lacks.
    """
    template = templates.for_type(type)
    try:
        return _built(template, templates.community_values(template, fields), flow=flow)
    except MissingVariables as missing:
        detail = f"{missing} Change the community and ask again."
        raise _invalid("/type", detail, code="community_data_missing") from None


def of_request(request: VideoRequest, *, flow: Flow) -> Words:
    """The request's own prompt, or its template filled with its variables. Raises InvalidInput."""
    if (request.prompt is None) == (request.template is None):
        raise _invalid("/prompt", "Either a prompt or a template is needed, and not both.")
    if request.template is not None:
        return _of_template(request.template, request, flow=flow)
    if request.variables:
        raise _invalid("/variables", "Variables belong to a template, and none is named.")
    return of_person(str(request.prompt))


def of_person(prompt: str) -> Words:
    """Somebody's own words, sent as they are."""
    return Words(prompt=prompt, final_prompt=prompt)


def refuse_own_words(request: VideoRequest, *, type: str) -> None:
    """Raises InvalidInput for a prompt, a template or variables where the type builds its own prompt."""
    given = [name for name in ("prompt", "template", "variables") if getattr(request, name)]
    if given:
        detail = f"A video of the type {type} builds its own prompt; leave this out, or choose the type custom."
        raise InvalidInput(detail, errors=tuple(FieldError(f"/{name}", detail) for name in given))


def _of_template(id: str, request: VideoRequest, *, flow: Flow) -> Words:
    template = templates.templates().get(id)
    if template is None or template.type:
        known = template and f"This template makes a community's video of the type {template.type}: ask for that type."
        raise _invalid("/template", known or "There is no such template; GET /v1/templates lists them.")
    try:
        return _built(template, request.variables, flow=flow)
    except FlowNotOffered as error:
        raise _invalid("/template", str(error)) from None
    except BadVariables as bad:
        errors = tuple(FieldError(f"/variables/{name}", detail) for name, detail in bad.problems)
        raise InvalidInput("Some variables cannot be used as they are.", errors=errors) from None
    except MissingVariables as missing:
        errors = tuple(FieldError(f"/variables/{name}", "This template needs it.") for name in missing.variables)
        raise InvalidInput(str(missing), errors=errors) from None


def _built(template: Template, values: Mapping[str, str], *, flow: Flow) -> Words:
    final_prompt = templates.built(template, values, flow=flow)
    return Words(prompt=None, template=template.id, template_version=template.version, final_prompt=final_prompt)


def _invalid(pointer: str, detail: str, *, code: str | None = None) -> InvalidInput:
    return InvalidInput(detail, code=code, errors=(FieldError(pointer, detail),))
