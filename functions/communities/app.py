"""Communities, and what a video can be asked for with: models, templates, and a prompt before anything is spent."""

from typing import Any

from aws_lambda_powertools.event_handler import Response
from aws_lambda_powertools.utilities.typing import LambdaContext

from keepreel import api, catalog, communities, orders, prompts, views
from keepreel.documented import documented
from keepreel.inputs import BotVideoRequest, CommunityRequest, PageQuery, PromptQuery

app = api.resolver()


@app.get("/v1/communities")
@documented(query="PageQuery", answers={200: "CommunityPage"})
def list_communities() -> Response[str]:
    """Your communities."""
    query = api.query(app, PageQuery)
    page = communities.page(owner_id=api.owner(app), limit=query.limit, cursor=query.cursor)
    return api.answer(200, views.communities_json(page))


@app.get("/v1/communities/<community_id>")
@documented(answers={200: "Community"})
def get_community(community_id: str) -> Response[str]:
    """One of your communities."""
    return api.answer(200, views.community_json(api.community(app, community_id)))


@app.put("/v1/communities/<community_id>")
@documented(body="CommunityRequest", answers={200: "Community", 201: "Community"})
def put_community(community_id: str) -> Response[str]:
    """Makes a community, which is yours from then on, or replaces what it says."""
    request = api.parse(app, CommunityRequest)
    community, is_new = communities.put(community_id, request, owner_id=api.owner(app))
    shown = views.community_json(community)
    return api.answer(201 if is_new else 200, shown, Location=shown["links"]["self"])


@app.get("/v1/communities/<community_id>/prompt")
@documented(query="PromptQuery", answers={200: "PromptPreview"})
def preview_prompt(community_id: str) -> Response[str]:
    """The prompt that a video of this type would get, before anything is spent."""
    community = api.community(app, community_id)
    query = api.query(app, PromptQuery)
    request = BotVideoRequest(**query.model_dump(exclude_unset=True))
    asked = orders.of_community(request, community, created_by=api.owner(app))
    return api.answer(200, views.prompt_json(asked.order()))


@app.get("/v1/models")
@documented(answers={200: "Models"})
def list_models() -> Response[str]:
    """The models that can be asked for, with what they offer and cost."""
    return api.answer(200, {"models": [views.model_json(it) for it in catalog.offered().values()]})


@app.get("/v1/templates")
@documented(answers={200: "Templates"})
def list_templates() -> Response[str]:
    """Prompts that are ready-made, with the variables that they take."""
    return api.answer(200, {"templates": [views.template_json(it) for it in prompts.templates().values()]})


def lambda_handler(event: dict[str, Any], context: LambdaContext) -> dict[str, Any]:
    return app.resolve(event, context)
