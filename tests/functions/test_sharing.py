"""Share links over HTTP: they open without a token until they are revoked or expire, or the video is deleted."""

import json
import re
import time
from base64 import b64encode
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from typing import Any
from uuid import uuid4

import pytest
import requests

from keepreel.db import transactions, video_records
from keepreel.db.tables import Share, Video
from keepreel.errors import NotFound
from keepreel.videos import sharing
from local.stack import Stack
from tests import factories
from tests.api_client import ApiClient
from tests.functions.test_create_video import problem

HOSTILE = "\"><script>alert(1)</script><img src=x onerror=alert(1)> ' ${7*7} $title"


@pytest.fixture
def finished(user: ApiClient) -> dict[str, Any]:
    return factories.finished_video(user, prompt=f"secret words {HOSTILE}")


def share(user: ApiClient, video: dict[str, Any], **fields: Any) -> dict[str, Any]:
    response = user.send("POST", f"{video['links']['self']}/share", json=fields)
    assert response.status_code == 201, response.text
    link: dict[str, Any] = response.json()
    return link


def revoke(user: ApiClient, video: dict[str, Any]) -> int:
    return user.send("DELETE", f"{video['links']['self']}/share").status_code


def visit(link: dict[str, Any] | str, **headers: str) -> requests.Response:
    url = link if isinstance(link, str) else link["url"]
    return requests.get(url, headers=headers, timeout=60)


def record(user: ApiClient, video: dict[str, Any]) -> Video:
    return video_records.get(owner=user.owner, video_id=video["id"])


def row(link: dict[str, Any]) -> Share:
    return Share.get(sha256(link["url"][-22:].encode()).hexdigest())


def test_share_page_and_its_files_open_without_a_token(user: ApiClient, finished: dict[str, Any]) -> None:
    link = share(user, finished)

    page = visit(link)

    assert re.fullmatch(rf"{user.url}/s/[A-Za-z0-9_-]{{22}}", link["url"])
    assert (page.status_code, page.headers["Content-Type"]) == (200, "text/html; charset=utf-8")
    for url in (finished["video_url"], finished["thumbnail_url"]):
        assert url in page.text
        assert requests.get(url, timeout=60).ok


def test_second_share_returns_the_same_link(user: ApiClient, finished: dict[str, Any]) -> None:
    assert share(user, finished) == share(user, finished)


def test_concurrent_shares_create_one_link(user: ApiClient, finished: dict[str, Any]) -> None:
    one, other = record(user, finished), record(user, finished)

    assert sharing.share(one, days=None) == sharing.share(other, days=None)
    assert user.video(finished["id"])["counts"]["shares"] == 1


def test_expiry_change_during_a_revoke_does_not_undo_it(
    user: ApiClient, finished: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    link, read = share(user, finished), sharing._find_valid

    def revoke_after_the_read(token: str) -> Share | None:
        found = read(token)
        revoke(user, finished)
        return found

    with monkeypatch.context() as patched:
        patched.setattr(sharing, "_find_valid", revoke_after_the_read)
        other = sharing.share(record(user, finished), days=7)

    assert other.url != link["url"]
    assert (visit(link).status_code, visit(other.url).status_code) == (404, 200)
    assert [it.expires_at for it in Share.scan(Share.owner == user.owner)] == [other.expires_at]


@pytest.mark.parametrize("token", ["", "A" * 21, "A" * 23, "A" * 21 + "B", "A" * 21 + "!", "A" * 22 + "\n", "é" * 22])
def test_malformed_token_is_not_looked_up(token: str, stack: Stack, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Share, "get", None)

    with pytest.raises(NotFound):
        sharing.find_video(token)


def test_no_table_contains_the_share_token(user: ApiClient, finished: dict[str, Any]) -> None:
    token = share(user, finished)["url"][-22:]

    stored = [*Share.scan(), *Video.query(user.owner)]

    assert token not in json.dumps([it.attribute_values for it in stored], default=str)


def test_revoked_link_closes_at_once_and_the_next_link_differs(user: ApiClient, finished: dict[str, Any]) -> None:
    first = share(user, finished)

    statuses = [revoke(user, finished), visit(first).status_code, revoke(user, finished)]
    second = share(user, finished)

    assert statuses == [204, 404, 204]
    assert second["url"] != first["url"]
    assert (visit(first).status_code, visit(second).status_code) == (404, 200)


def test_link_that_was_opened_before_is_not_read_again_and_ends_at_once(
    user: ApiClient, finished: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    link = share(user, finished)
    token = link["url"][-22:]
    assert sharing.find_video(token).video_id == finished["id"]

    with monkeypatch.context() as patched:
        patched.setattr(sharing, "_find_valid", lambda _token: pytest.fail("read again"))
        assert sharing.find_video(token).video_id == finished["id"]
        revoke(user, finished)
        with pytest.raises(NotFound):
            sharing.find_video(token)


def test_opened_link_is_remembered_for_five_minutes(user: ApiClient, finished: dict[str, Any]) -> None:
    link = share(user, finished)
    token, found = link["url"][-22:], row(link)
    found.delete()

    sharing._remembered[found.token_hash] = (time.monotonic() - 299, found)
    assert sharing.find_video(token).video_id == finished["id"]
    sharing._remembered[found.token_hash] = (time.monotonic() - 301, found)
    with pytest.raises(NotFound):
        sharing.find_video(token)


def test_opened_link_ends_when_it_expires(user: ApiClient, finished: dict[str, Any]) -> None:
    link = share(user, finished)
    found = row(link)
    found.update(actions=[Share.expires_at.set(datetime.now(UTC) - timedelta(seconds=1))])
    sharing._remembered[found.token_hash] = (time.monotonic(), found)

    with pytest.raises(NotFound):
        sharing.find_video(link["url"][-22:])


def test_expiry_is_stored_changed_and_enforced(user: ApiClient, finished: dict[str, Any]) -> None:
    link = share(user, finished, expires_in_days=7)
    unchanged = share(user, finished)
    longer = share(user, finished, expires_in_days=30)

    in_days = [(datetime.fromisoformat(it["expires_at"]) - datetime.now(UTC)).days for it in (link, unchanged, longer)]
    assert (in_days, longer["url"]) == ([6, 6, 29], link["url"])
    row(link).update(actions=[Share.expires_at.set(datetime.now(UTC) - timedelta(seconds=1))])
    assert visit(link).status_code == 404
    assert share(user, finished)["url"] != link["url"]


def test_every_dead_link_gets_identical_bytes(user: ApiClient, finished: dict[str, Any], stack: Stack) -> None:
    revoked = share(user, finished)
    revoke(user, finished)
    deleted_video = factories.finished_video(user, prompt="deleted")
    deleted = share(user, deleted_video)
    user.send("DELETE", deleted_video["links"]["self"])
    tokens = ["A" * 22, "A" * 21, "A" * 23, "..%2F..%2Fv1", "%00", "x", "A" * 21 + "!"]

    pages = [visit(revoked), visit(deleted), *(visit(f"{stack.url}/s/{token}") for token in tokens)]

    assert {(page.status_code, page.content) for page in pages} == {(404, pages[0].content)}
    assert len(pages) == 9


def test_unfinished_video_cannot_be_shared(user: ApiClient, without_workflow: None) -> None:
    response = user.send("POST", f"/v1/videos/{user.create_video().json()['id']}/share")

    assert (response.status_code, problem(response)["code"]) == (409, "not_ready")


@pytest.mark.parametrize("days", [0, -1, 366, "7", 1.5])
def test_invalid_expiry_is_refused(days: Any, user: ApiClient, finished: dict[str, Any]) -> None:
    response = user.send("POST", f"{finished['links']['self']}/share", json={"expires_in_days": days})

    assert (response.status_code, problem(response)["errors"][0]["pointer"]) == (400, "/expires_in_days")


def test_another_users_video_cannot_be_shared(user: ApiClient, other_user: ApiClient, finished: dict[str, Any]) -> None:
    link = share(user, finished)

    statuses = [
        other_user.send(method, f"/v1/videos/{finished['id']}/share").status_code for method in ("POST", "DELETE")
    ]

    assert (statuses, visit(link).status_code) == ([404, 404], 200)


def test_bot_video_can_be_shared_by_its_owner(user: ApiClient) -> None:
    user.put_community(community_id := uuid4().hex, agent_name="Confidential Sophia")
    finished = factories.finished_video(user, community_id=community_id, type="intro", prompt="Confidential Sophia")

    page = visit(share(user, finished))

    assert "<h1>Character intro</h1>" in page.text
    assert "Confidential" not in page.text


def test_share_page_reveals_neither_user_nor_request(user: ApiClient, finished: dict[str, Any]) -> None:
    page = visit(share(user, finished)).text

    for secret in ("secret words", "alert(1)", user.owner, user.owner.removeprefix("user#"), "kling", "Kling"):
        assert secret not in page, secret
    assert page.replace(finished["video_url"], "").replace(finished["thumbnail_url"], "").count(finished["id"]) == 0


def test_share_page_has_the_metadata_for_link_previews(user: ApiClient, finished: dict[str, Any]) -> None:
    link = share(user, finished)["url"]
    page = visit(link).text

    cards = dict(re.findall(r'<meta (?:property|name)="((?:og|twitter):[^"]+)" content="([^"]*)">', page))

    assert cards["og:url"] == link
    assert (cards["og:video"], cards["og:video:secure_url"]) == (finished["video_url"],) * 2
    assert (cards["og:image"], cards["twitter:image"]) == (finished["thumbnail_url"],) * 2
    assert cards["og:video:type"] == "video/mp4"
    sizes = [cards[f"og:{what}:{side}"] for what in ("video", "image") for side in ("width", "height")]
    assert sizes == [str(finished["width"]), str(finished["height"])] * 2
    assert cards["twitter:card"] == "summary_large_image"
    assert all(cards[name] for name in ("og:title", "og:type", "og:site_name", "twitter:title"))


def test_share_page_loads_only_what_its_policy_allows(user: ApiClient, finished: dict[str, Any]) -> None:
    page = visit(share(user, finished))
    policy = page.headers["Content-Security-Policy"]

    for tag, directive in (("style", "style-src"), ("script", "script-src")):
        (block,) = re.findall(rf"<{tag}>(.*?)</{tag}>", page.text, re.DOTALL)
        assert f"{directive} 'sha256-{b64encode(sha256(block.encode()).digest()).decode()}'" in policy
    assert "default-src 'none'" in policy
    assert "unsafe" not in policy
    assert not re.findall(r"\son\w+=|javascript:|style=", page.text)
    hosts = {re.sub(r"^(https?://[^/]+).*", r"\1", url) for url in re.findall(r'(?:href|src)="(http[^"]+)"', page.text)}
    assert hosts == {user.url, "https://x.com", "https://t.me"}


def test_share_page_is_not_cached_and_sends_no_referrer(user: ApiClient, finished: dict[str, Any]) -> None:
    headers = visit(share(user, finished)).headers

    assert headers["Cache-Control"] == "no-store"
    assert (headers["Referrer-Policy"], headers["X-Robots-Tag"]) == ("no-referrer", "noindex")
    assert headers["X-Content-Type-Options"] == "nosniff"


def test_share_page_supports_head(user: ApiClient, finished: dict[str, Any]) -> None:
    response = requests.head(share(user, finished)["url"], timeout=60)

    assert (response.status_code, response.content) == (200, b"")


@pytest.mark.parametrize("moment", ["before", "after"])
def test_crash_while_sharing_leaves_no_link_that_cannot_be_revoked(
    moment: str, user: ApiClient, finished: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    write = transactions.write

    def killed(fill: Any) -> None:
        if moment == "after":
            write(fill)
        raise KeyboardInterrupt

    with monkeypatch.context() as patched:
        patched.setattr(transactions, "write", killed)
        with pytest.raises(KeyboardInterrupt):
            sharing.share(record(user, finished), days=None)

    link = share(user, finished)

    assert visit(link).status_code == 200
    assert user.video(finished["id"])["counts"]["shares"] == 1
    assert [revoke(user, finished), visit(link).status_code] == [204, 404]


def test_half_completed_revoke_closes_the_link(user: ApiClient, finished: dict[str, Any]) -> None:
    link = share(user, finished)

    record(user, finished).update(actions=[Video.share_nonce.remove()])

    assert visit(link).status_code == 404


def test_share_link_of_a_video_in_deletion_is_not_found(user: ApiClient, finished: dict[str, Any]) -> None:
    link = share(user, finished)

    record(user, finished).update(actions=[Video.status.set("deleting")])

    assert visit(link).status_code == 404


def test_revoke_removes_the_row(user: ApiClient, finished: dict[str, Any]) -> None:
    share(user, finished)

    revoke(user, finished)

    assert list(Share.scan(Share.owner == user.owner)) == []
