"""Communities, and the catalog for creation forms: models, templates and a preview of the prompt."""

from typing import Any

from aws_lambda_powertools.utilities.typing import LambdaContext

from keepreel import communities, logs
from keepreel.api import http, model_serializers, serializers, video_serializers
from keepreel.api.openapi import documented
from keepreel.powertools import Response
from keepreel.prompts import templates
from keepreel.schemas.queries import PageQuery
from keepreel.videos import model_lookup

app = http.resolver()


@app.get("/v1/communities")
@documented(query="PageQuery", responses={200: "CommunityPage"})
def list_communities() -> Response[str]:
    """List your communities. They are ordered by id."""
    query = http.parse_query(app, PageQuery)
    page = communities.page(owner_id=http.user(app), limit=query.limit, cursor=query.cursor)
    return http.json_response(200, serializers.communities_json(page))


@app.get("/v1/communities/<community_id>")
@documented(responses={200: "Community"})
def get_community(community_id: str) -> Response[str]:
    """Get one of your communities. Its avatar has a URL that is valid for an hour."""
    return http.json_response(200, serializers.community_json(http.community(app, community_id)))


@app.put("/v1/communities/<community_id>")
@documented(body="CommunityRequest", responses={200: "Community", 201: "Community"})
def put_community(community_id: str) -> Response[str]:
    """Create a community that you own, or replace its fields. A field that is left out or null becomes empty."""
    from keepreel.schemas.requests import CommunityRequest  # loads pydantic, which a GET does not need

    request = http.parse_body(app, CommunityRequest)
    community, is_new = communities.put(community_id, request, owner_id=http.user(app))
    content = serializers.community_json(community)
    return http.json_response(201 if is_new else 200, content, Location=content["links"]["self"])


@app.get("/v1/communities/<community_id>/prompt")
@documented(query="PromptQuery", responses={200: "PromptPreview"})
def preview_prompt(community_id: str) -> Response[str]:
    """Preview the prompt of a video of this type. Nothing is created."""
    from keepreel.schemas import validation  # this GET checks what a POST would do with the same fields
    from keepreel.schemas.requests import BotVideoRequest, PromptQuery
    from keepreel.videos import spec

    community = http.community(app, community_id)
    query = validation.parse_query(PromptQuery, app.current_event.query_string_parameters)
    request = BotVideoRequest(**query.model_dump(exclude_unset=True))
    resolved = spec.for_community(request, community, created_by=http.user(app)).resolve()
    return http.json_response(200, video_serializers.prompt_json(resolved))


@app.get("/v1/models")
@documented(responses={200: "Models"})
def list_models() -> Response[str]:
    """List the available models with their options and prices. A request checks its options against this list."""
    models = [model_serializers.model_json(model) for model in model_lookup.offered().values()]
    return http.json_response(200, {"models": models})


@app.get("/v1/templates")
@documented(responses={200: "Templates"})
def list_templates() -> Response[str]:
    """List the prompt templates and their variables. A template builds the prompt of a request from its variables."""
    every = templates.load_all().values()
    return http.json_response(200, {"templates": [serializers.template_json(template) for template in every]})


@logs.with_context
def lambda_handler(event: dict[str, Any], context: LambdaContext) -> dict[str, Any]:
    return app.resolve(event, context)
