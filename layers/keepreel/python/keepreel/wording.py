"""The prompt that a request comes to: as written, or built by a template; and what to say when it cannot be built."""

from keepreel import prompts
from keepreel.errors import FieldError, InvalidInput
from keepreel.inputs import VideoRequest
from keepreel.models import Community
from keepreel.prompts import BadVariables, Flow, FlowNotOffered, MissingVariables, Template

_COMMUNITY_FIELDS = ("name", "agent_name", "agent_instructions", "token_name", "token_symbol")


def of_type(type: str, community: Community, *, flow: Flow) -> tuple[Template, str]:
    """The template of a bot video's type, and the prompt that it builds from what the community says.

    Raises InvalidInput, which names every field that the community lacks.
    """
    template = prompts.for_type(type)
    fields = {name: getattr(community, name) for name in _COMMUNITY_FIELDS}
    try:
        return template, prompts.built(template, prompts.community_values(template, fields), flow=flow)
    except MissingVariables as missing:
        detail = f"{missing} Set it with PUT /v1/communities/{community.community_id}."
        raise _invalid("/type", detail, code="community_data_missing") from None


def of_request(request: VideoRequest, *, flow: Flow) -> tuple[Template | None, str]:
    """The request's own prompt, or its template filled with its variables. Raises InvalidInput."""
    if (request.prompt is None) == (request.template is None):
        raise _invalid("/prompt", "Either a prompt or a template is needed, and not both.")
    if request.template is not None:
        return _of_template(request.template, request, flow=flow)
    if request.variables:
        raise _invalid("/variables", "Variables belong to a template, and none is named.")
    return None, str(request.prompt)


def refuse_own_words(request: VideoRequest, *, type: str) -> None:
    """Raises InvalidInput for a prompt, a template or variables where the type builds its own prompt."""
    given = [name for name in ("prompt", "template", "variables") if getattr(request, name)]
    if given:
        detail = f"A video of the type {type} builds its own prompt; leave this out, or choose the type custom."
        raise InvalidInput(detail, errors=tuple(FieldError(f"/{name}", detail) for name in given))


def _of_template(id: str, request: VideoRequest, *, flow: Flow) -> tuple[Template, str]:
    template = prompts.templates().get(id)
    if template is None or template.type:
        raise _invalid("/template", "There is no such template; GET /v1/templates lists them.")
    try:
        return template, prompts.built(template, request.variables, flow=flow)
    except FlowNotOffered as error:
        raise _invalid("/template", str(error)) from None
    except BadVariables as bad:
        errors = tuple(FieldError(f"/variables/{name}", detail) for name, detail in bad.problems)
        raise InvalidInput("Some variables cannot be used as they are.", errors=errors) from None
    except MissingVariables as missing:
        errors = tuple(FieldError(f"/variables/{name}", "This template needs it.") for name in missing.variables)
        raise InvalidInput(str(missing), errors=errors) from None


def _invalid(pointer: str, detail: str, *, code: str | None = None) -> InvalidInput:
    return InvalidInput(detail, code=code, errors=(FieldError(pointer, detail),))
