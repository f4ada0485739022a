"""Share links over HTTP: they open without a token, until they are revoked, expire, or the video is gone."""

import json
import re
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
from tests.api_client import Person
from tests.functions.test_create_video import problem

HOSTILE = "\"><script>alert(1)</script><img src=x onerror=alert(1)> ' ${7*7} $title"


@pytest.fixture
def kept(person: Person) -> dict[str, Any]:
    return person.follow(person.ask(prompt=f"secret words {HOSTILE}").json()["id"])


def share(person: Person, video: dict[str, Any], **fields: Any) -> dict[str, Any]:
    answer = person.send("POST", f"{video['links']['self']}/share", json=fields)
    assert answer.status_code == 201, answer.text
    link: dict[str, Any] = answer.json()
    return link


def revoke(person: Person, video: dict[str, Any]) -> int:
    return person.send("DELETE", f"{video['links']['self']}/share").status_code


def visit(link: dict[str, Any] | str, **headers: str) -> requests.Response:
    url = link if isinstance(link, str) else link["url"]
    return requests.get(url, headers=headers, timeout=30)


def record(person: Person, video: dict[str, Any]) -> Video:
    return video_records.get(owner=person.owner, video_id=video["id"])


def row(link: dict[str, Any]) -> Share:
    return Share.get(sha256(link["url"][-22:].encode()).hexdigest())


def test_a_link_opens_without_a_token_and_its_files_too(person: Person, kept: dict[str, Any]) -> None:
    link = share(person, kept)

    page = visit(link)

    assert re.fullmatch(rf"{person.url}/s/[A-Za-z0-9_-]{{22}}", link["url"])
    assert (page.status_code, page.headers["Content-Type"]) == (200, "text/html; charset=utf-8")
    for url in (kept["video_url"], kept["thumbnail_url"]):
        assert url in page.text
        assert requests.get(url, timeout=30).ok


def test_a_second_share_shows_the_same_link(person: Person, kept: dict[str, Any]) -> None:
    assert share(person, kept) == share(person, kept)


def test_two_at_once_make_one_link(person: Person, kept: dict[str, Any]) -> None:
    one, other = record(person, kept), record(person, kept)

    assert sharing.share(one, days=None) == sharing.share(other, days=None)
    assert person.video(kept["id"])["counts"]["shares"] == 1


def test_a_change_of_expiry_that_meets_a_revoke_does_not_undo_it(
    person: Person, kept: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    link, read = share(person, kept), sharing._find_valid

    def revoked_once_it_is_read(token: str) -> Share | None:
        found = read(token)
        revoke(person, kept)
        return found

    with monkeypatch.context() as patched:
        patched.setattr(sharing, "_find_valid", revoked_once_it_is_read)
        other = sharing.share(record(person, kept), days=7)

    assert other.url != link["url"]
    assert (visit(link).status_code, visit(other.url).status_code) == (404, 200)
    assert [it.expires_at for it in Share.scan(Share.owner == person.owner)] == [other.expires_at]


@pytest.mark.parametrize("token", ["", "A" * 21, "A" * 23, "A" * 21 + "B", "A" * 21 + "!", "A" * 22 + "\n", "é" * 22])
def test_what_cannot_be_a_token_is_not_looked_up(token: str, stack: Stack, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Share, "get", None)

    with pytest.raises(NotFound):
        sharing.find_video(token)


def test_neither_table_holds_what_opens_it(person: Person, kept: dict[str, Any]) -> None:
    token = share(person, kept)["url"][-22:]

    stored = [*Share.scan(), *Video.query(person.owner)]

    assert token not in json.dumps([it.attribute_values for it in stored], default=str)


def test_revoked_it_is_closed_at_once_and_the_next_link_is_another(person: Person, kept: dict[str, Any]) -> None:
    first = share(person, kept)

    statuses = [revoke(person, kept), visit(first).status_code, revoke(person, kept)]
    second = share(person, kept)

    assert statuses == [204, 404, 204]
    assert second["url"] != first["url"]
    assert (visit(first).status_code, visit(second).status_code) == (404, 200)


def test_an_expiry_is_kept_changed_and_over_at_its_time(person: Person, kept: dict[str, Any]) -> None:
    link = share(person, kept, expires_in_days=7)
    unchanged = share(person, kept)
    longer = share(person, kept, expires_in_days=30)

    in_days = [(datetime.fromisoformat(it["expires_at"]) - datetime.now(UTC)).days for it in (link, unchanged, longer)]
    assert (in_days, longer["url"]) == ([6, 6, 29], link["url"])
    row(link).update(actions=[Share.expires_at.set(datetime.now(UTC) - timedelta(seconds=1))])
    assert visit(link).status_code == 404
    assert share(person, kept)["url"] != link["url"]


def test_whatever_opens_nothing_is_answered_by_the_same_bytes(
    person: Person, kept: dict[str, Any], stack: Stack
) -> None:
    revoked = share(person, kept)
    revoke(person, kept)
    deleted_video = person.follow(person.ask(prompt="deleted").json()["id"])
    deleted = share(person, deleted_video)
    person.send("DELETE", deleted_video["links"]["self"])
    tokens = ["A" * 22, "A" * 21, "A" * 23, "..%2F..%2Fv1", "%00", "x", "A" * 21 + "!"]

    pages = [visit(revoked), visit(deleted), *(visit(f"{stack.url}/s/{token}") for token in tokens)]

    assert {(page.status_code, page.content) for page in pages} == {(404, pages[0].content)}
    assert len(pages) == 9


def test_what_is_not_completed_is_not_shared(person: Person, without_workflow: None) -> None:
    answer = person.send("POST", f"/v1/videos/{person.ask().json()['id']}/share")

    assert (answer.status_code, problem(answer)["code"]) == (409, "not_ready")


@pytest.mark.parametrize("days", [0, -1, 366, "7", 1.5])
def test_an_expiry_that_is_none_is_refused(days: Any, person: Person, kept: dict[str, Any]) -> None:
    answer = person.send("POST", f"{kept['links']['self']}/share", json={"expires_in_days": days})

    assert (answer.status_code, problem(answer)["errors"][0]["pointer"]) == (400, "/expires_in_days")


def test_a_share_of_somebody_elses_video_is_not_there(
    person: Person, somebody_else: Person, kept: dict[str, Any]
) -> None:
    link = share(person, kept)

    statuses = [
        somebody_else.send(method, f"/v1/videos/{kept['id']}/share").status_code for method in ("POST", "DELETE")
    ]

    assert (statuses, visit(link).status_code) == ([404, 404], 200)


def test_a_communitys_video_is_shared_by_its_owner(person: Person, picture: bytes) -> None:
    videos = person.found(uuid4().hex, avatar=person.upload(picture), agent_name="Confidential Sophia")
    kept = person.follow(person.ask_for(videos, type="intro").json()["id"], videos=videos)

    page = visit(share(person, kept))

    assert "<h1>Character intro</h1>" in page.text
    assert "Confidential" not in page.text


def test_the_page_tells_nothing_of_who_asked_and_how(person: Person, kept: dict[str, Any]) -> None:
    page = visit(share(person, kept)).text

    for secret in ("secret words", "alert(1)", person.owner, person.owner.removeprefix("user#"), "kling", "Kling"):
        assert secret not in page, secret
    assert page.replace(kept["video_url"], "").replace(kept["thumbnail_url"], "").count(kept["id"]) == 0


def test_the_page_has_what_previews_are_made_of(person: Person, kept: dict[str, Any]) -> None:
    link = share(person, kept)["url"]
    page = visit(link).text

    cards = dict(re.findall(r'<meta (?:property|name)="((?:og|twitter):[^"]+)" content="([^"]*)">', page))

    assert cards["og:url"] == link
    assert (cards["og:video"], cards["og:video:secure_url"]) == (kept["video_url"],) * 2
    assert (cards["og:image"], cards["twitter:image"]) == (kept["thumbnail_url"],) * 2
    assert cards["og:video:type"] == "video/mp4"
    sizes = [cards[f"og:{what}:{side}"] for what in ("video", "image") for side in ("width", "height")]
    assert sizes == [str(kept["width"]), str(kept["height"])] * 2
    assert cards["twitter:card"] == "summary_large_image"
    assert all(cards[name] for name in ("og:title", "og:type", "og:site_name", "twitter:title"))


def test_the_page_runs_and_loads_only_what_its_policy_names(person: Person, kept: dict[str, Any]) -> None:
    page = visit(share(person, kept))
    policy = page.headers["Content-Security-Policy"]

    for tag, directive in (("style", "style-src"), ("script", "script-src")):
        (block,) = re.findall(rf"<{tag}>(.*?)</{tag}>", page.text, re.DOTALL)
        assert f"{directive} 'sha256-{b64encode(sha256(block.encode()).digest()).decode()}'" in policy
    assert "default-src 'none'" in policy
    assert "unsafe" not in policy
    assert not re.findall(r"\son\w+=|javascript:|style=", page.text)
    hosts = {re.sub(r"^(https?://[^/]+).*", r"\1", url) for url in re.findall(r'(?:href|src)="(http[^"]+)"', page.text)}
    assert hosts == {person.url, "https://x.com", "https://t.me"}


def test_the_page_is_kept_by_nobody_and_tells_nobody_where_it_is(person: Person, kept: dict[str, Any]) -> None:
    headers = visit(share(person, kept)).headers

    assert headers["Cache-Control"] == "no-store"
    assert (headers["Referrer-Policy"], headers["X-Robots-Tag"]) == ("no-referrer", "noindex")
    assert headers["X-Content-Type-Options"] == "nosniff"


def test_a_page_can_be_asked_for_by_its_head(person: Person, kept: dict[str, Any]) -> None:
    answer = requests.head(share(person, kept)["url"], timeout=30)

    assert (answer.status_code, answer.content) == (200, b"")


@pytest.mark.parametrize("moment", ["before", "after"])
def test_a_crash_while_sharing_leaves_nothing_open_that_cannot_be_revoked(
    moment: str, person: Person, kept: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    write = transactions.write

    def killed(fill: Any) -> None:
        if moment == "after":
            write(fill)
        raise KeyboardInterrupt

    with monkeypatch.context() as patched:
        patched.setattr(transactions, "write", killed)
        with pytest.raises(KeyboardInterrupt):
            sharing.share(record(person, kept), days=None)

    link = share(person, kept)

    assert visit(link).status_code == 200
    assert person.video(kept["id"])["counts"]["shares"] == 1
    assert [revoke(person, kept), visit(link).status_code] == [204, 404]


def test_half_a_revoke_is_a_revoke(person: Person, kept: dict[str, Any]) -> None:
    link = share(person, kept)

    record(person, kept).update(actions=[Video.share_nonce.remove()])

    assert visit(link).status_code == 404


def test_a_video_that_is_on_its_way_out_is_not_shown(person: Person, kept: dict[str, Any]) -> None:
    link = share(person, kept)

    record(person, kept).update(actions=[Video.status.set("deleting")])

    assert visit(link).status_code == 404


def test_a_revoke_leaves_no_row_behind(person: Person, kept: dict[str, Any]) -> None:
    share(person, kept)

    revoke(person, kept)

    assert list(Share.scan(Share.owner == person.owner)) == []
