"""Communities, and what a video can be asked for with: models, templates, and a prompt before anything is spent."""

from typing import Any

from aws_lambda_powertools.event_handler import Response
from aws_lambda_powertools.utilities.typing import LambdaContext

from keepreel import catalog, communities
from keepreel.api import http, serializers
from keepreel.api.openapi import documented
from keepreel.prompts import templates
from keepreel.schemas.requests import BotVideoRequest, CommunityRequest, PageQuery, PromptQuery
from keepreel.videos import spec

app = http.resolver()


@app.get("/v1/communities")
@documented(query="PageQuery", answers={200: "CommunityPage"})
def list_communities() -> Response[str]:
    """Your communities."""
    query = http.query(app, PageQuery)
    page = communities.page(owner_id=http.owner(app), limit=query.limit, cursor=query.cursor)
    return http.answer(200, serializers.communities_json(page))


@app.get("/v1/communities/<community_id>")
@documented(answers={200: "Community"})
def get_community(community_id: str) -> Response[str]:
    """One of your communities."""
    return http.answer(200, serializers.community_json(http.community(app, community_id)))


@app.put("/v1/communities/<community_id>")
@documented(body="CommunityRequest", answers={200: "Community", 201: "Community"})
def put_community(community_id: str) -> Response[str]:
    """Makes a community, which is yours from then on, or replaces what it says."""
    request = http.parse(app, CommunityRequest)
    community, is_new = communities.put(community_id, request, owner_id=http.owner(app))
    shown = serializers.community_json(community)
    return http.answer(201 if is_new else 200, shown, Location=shown["links"]["self"])


@app.get("/v1/communities/<community_id>/prompt")
@documented(query="PromptQuery", answers={200: "PromptPreview"})
def preview_prompt(community_id: str) -> Response[str]:
    """The prompt that a video of this type would get, before anything is spent."""
    community = http.community(app, community_id)
    query = http.query(app, PromptQuery)
    request = BotVideoRequest(**query.model_dump(exclude_unset=True))
    resolved = spec.for_community(request, community, created_by=http.owner(app)).resolve()
    return http.answer(200, serializers.prompt_json(resolved))


@app.get("/v1/models")
@documented(answers={200: "Models"})
def list_models() -> Response[str]:
    """The models that can be asked for, with what they offer and cost."""
    return http.answer(200, {"models": [serializers.model_json(it) for it in catalog.offered().values()]})


@app.get("/v1/templates")
@documented(answers={200: "Templates"})
def list_templates() -> Response[str]:
    """Prompts that are ready-made, with the variables that they take."""
    return http.answer(200, {"templates": [serializers.template_json(it) for it in templates.load_all().values()]})


def lambda_handler(event: dict[str, Any], context: LambdaContext) -> dict[str, Any]:
    return app.resolve(event, context)
