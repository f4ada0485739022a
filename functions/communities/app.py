"""Communities, and what a video can be asked for with: models, templates, and a prompt before anything is spent."""

from typing import Any

from aws_lambda_powertools.event_handler import Response
from aws_lambda_powertools.utilities.typing import LambdaContext

from keepreel import api, catalog, communities, orders, prompts, views
from keepreel.inputs import BotVideoRequest, CommunityRequest, PageQuery, PromptQuery

app = api.resolver()


@app.get("/v1/communities")
def list_communities() -> Response[str]:
    query = api.query(app, PageQuery)
    page = communities.page(owner_id=api.owner(app), limit=query.limit, cursor=query.cursor)
    return api.answer(200, views.communities_json(page))


@app.get("/v1/communities/<community_id>")
def get_community(community_id: str) -> Response[str]:
    return api.answer(200, views.community_json(api.community(app, community_id)))


@app.put("/v1/communities/<community_id>")
def put_community(community_id: str) -> Response[str]:
    request = api.parse(app, CommunityRequest)
    community, is_new = communities.put(community_id, request, owner_id=api.owner(app))
    shown = views.community_json(community)
    return api.answer(201 if is_new else 200, shown, Location=shown["links"]["self"])


@app.get("/v1/communities/<community_id>/prompt")
def preview_prompt(community_id: str) -> Response[str]:
    community = api.community(app, community_id)
    query = api.query(app, PromptQuery)
    request = BotVideoRequest(**query.model_dump(exclude_unset=True))
    asked = orders.of_community(request, community, created_by=api.owner(app))
    return api.answer(200, views.prompt_json(asked.order()))


@app.get("/v1/models")
def list_models() -> Response[str]:
    return api.answer(200, {"models": [views.model_json(it) for it in catalog.offered().values()]})


@app.get("/v1/templates")
def list_templates() -> Response[str]:
    return api.answer(200, {"templates": [views.template_json(it) for it in prompts.templates().values()]})


def lambda_handler(event: dict[str, Any], context: LambdaContext) -> dict[str, Any]:
    return app.resolve(event, context)
