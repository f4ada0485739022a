"""Resolve the final prompt of a request: its own text, or a rendered template."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from keepreel.db.tables import Community
from keepreel.errors import FieldError, InvalidInput
from keepreel.prompts import templates
from keepreel.prompts.templates import BadVariables, Flow, FlowNotOffered, MissingVariables, Template

if TYPE_CHECKING:  # loads pydantic
    from keepreel.schemas.requests import VideoRequest

_COMMUNITY_FIELDS = ("name", "agent_name", "agent_instructions", "token_name", "token_symbol")


@dataclass(frozen=True, kw_only=True)
class ResolvedPrompt:
    """The prompt as given (None if a template produced all of it), the template, and the prompt as it is sent."""

    prompt: str | None
    template: str | None = None
    template_version: int | None = None
    final_prompt: str


def community_fields(community: Community) -> dict[str, str | None]:
    """Return the fields of a community that templates may use."""
    return {name: getattr(community, name) for name in _COMMUNITY_FIELDS}


def from_bot_type(type: str, fields: Mapping[str, str | None], *, flow: Flow) -> ResolvedPrompt:
    """Render the template of a bot video type from a community's fields.

    Raises InvalidInput, which names every field that the community lacks.
    """
    template = templates.for_type(type)
    try:
        return _render(template, templates.community_values(template, fields), flow=flow)
    except MissingVariables as missing:
        detail = f"{missing} Edit the community and try again."
        raise _invalid("/type", detail, code="community_data_missing") from None


def from_request(request: "VideoRequest", *, flow: Flow) -> ResolvedPrompt:
    """Return the request's own prompt, its shots' prompts, or its rendered template. Raises InvalidInput."""
    if request.shots:
        return _from_shots(request)
    if (request.prompt is None) == (request.template is None):
        raise _invalid("/prompt", "Send either a prompt or a template, not both.")
    if request.template is not None:
        return _from_template(request.template, request, flow=flow)
    if request.variables:
        raise _invalid("/variables", "Variables need a template, and this request has none.")
    return from_text(str(request.prompt))


def from_text(prompt: str) -> ResolvedPrompt:
    """Return a prompt that is sent as the user wrote it."""
    return ResolvedPrompt(prompt=prompt, final_prompt=prompt)


def joined(prompts: Iterable[str]) -> str:
    """Return the prompts of shots as one text."""
    return "\n".join(prompts)


def reject_own_prompt(request: "VideoRequest", *, type: str) -> None:
    """Raise InvalidInput for a field with a prompt of its own, because the bot video type has a template."""
    given = [name for name in ("prompt", "template", "variables", "shots") if getattr(request, name)]
    if given:
        detail = f"A video of type {type} has its own prompt. Leave this field out, or use the type custom."
        raise InvalidInput(detail, errors=tuple(FieldError(f"/{name}", detail) for name in given))


def _from_shots(request: "VideoRequest") -> ResolvedPrompt:
    """Return the prompts of the shots, which are sent. A prompt beside them only names the video."""
    for name in ("template", "variables"):
        if getattr(request, name):
            raise _invalid(f"/{name}", "The shots have the prompts. Send either shots or a template.")
    return ResolvedPrompt(prompt=request.prompt, final_prompt=joined(shot.prompt for shot in request.shots or ()))


def _from_template(id: str, request: "VideoRequest", *, flow: Flow) -> ResolvedPrompt:
    template = templates.load_all().get(id)
    if template is None:
        raise _invalid("/template", "There is no such template; GET /v1/templates lists them.")
    if template.type:
        detail = f"This template is for a community's videos of type {template.type}. Use that type instead."
        raise _invalid("/template", detail)
    try:
        return _render(template, request.variables, flow=flow)
    except FlowNotOffered as error:
        raise _invalid("/template", str(error)) from None
    except BadVariables as bad:
        errors = tuple(FieldError(f"/variables/{name}", detail) for name, detail in bad.problems)
        raise InvalidInput("Some variables are not valid.", errors=errors) from None
    except MissingVariables as missing:
        errors = tuple(FieldError(f"/variables/{name}", "This template requires it.") for name in missing.variables)
        raise InvalidInput(str(missing), errors=errors) from None


def _render(template: Template, values: Mapping[str, str], *, flow: Flow) -> ResolvedPrompt:
    final_prompt = templates.render(template, values, flow=flow)
    return ResolvedPrompt(
        prompt=None, template=template.id, template_version=template.version, final_prompt=final_prompt
    )


def _invalid(pointer: str, detail: str, *, code: str | None = None) -> InvalidInput:
    return InvalidInput(detail, code=code, errors=(FieldError(pointer, detail),))
