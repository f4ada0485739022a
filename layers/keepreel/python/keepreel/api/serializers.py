"""Serialize everything but videos and models to JSON. Missing values are null, and times are ISO 8601 in UTC."""

from dataclasses import asdict
from typing import TYPE_CHECKING, Any

from keepreel.api.json_values import iso_time
from keepreel.db.readable import readable
from keepreel.db.tables import Community
from keepreel.media import uploads
from keepreel.media.uploads import Upload

if TYPE_CHECKING:  # these modules load pydantic and Pillow, which functions that only read do not need
    from keepreel import communities
    from keepreel.prompts.templates import Template
    from keepreel.videos.sharing import Link
    from keepreel.videos.stats import Stats


def share_json(link: "Link") -> dict[str, Any]:
    return {"url": link.url, "expires_at": iso_time(link.expires_at)}


def stats_json(stats: "Stats") -> dict[str, Any]:
    days = [{"day": day.isoformat(), **asdict(counts)} for day, counts in stats.days.items()]
    return {"total": asdict(stats.total), "days": days}


def upload_json(upload: Upload) -> dict[str, Any]:
    return {
        "upload": {"url": upload.url, "fields": upload.fields},
        "source_image": upload.source_image,
        "expires_at": iso_time(upload.expires_at),
    }


def community_json(community: Community) -> dict[str, Any]:
    return {
        "id": community.community_id,
        "name": community.name,
        "agent_name": community.agent_name,
        "agent_instructions": community.agent_instructions,
        "avatar": community.avatar,
        "avatar_url": uploads.view_url(owner=community.owner_id, source_image=community.avatar)
        if community.avatar
        else None,
        "token_name": community.token_name,
        "token_symbol": community.token_symbol,
        "created_at": iso_time(community.created_at),
        "updated_at": iso_time(community.updated_at),
        "links": {
            "self": f"/v1/communities/{community.community_id}",
            "videos": f"/v1/communities/{community.community_id}/videos",
            "prompt": f"/v1/communities/{community.community_id}/prompt",
        },
    }


def template_json(template: "Template") -> dict[str, Any]:
    fields = ("name", "label", "required", "longest", "default", "example", "flows")
    return {
        "id": template.id,
        "version": template.version,
        "name": template.name,
        "category": template.category,
        "description": template.description,
        "type": template.type,
        "flows": template.flows,
        "variables": [{name: getattr(variable, name) for name in fields} for variable in template.variables],
        "wording": template.wording,
    }


def communities_json(page: "communities.Page") -> dict[str, Any]:
    communities = readable(page.communities, community_json, fields=lambda it: {"community_id": it.community_id})
    return {"communities": communities, "next_cursor": page.next_cursor}
