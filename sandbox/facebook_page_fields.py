"""Fields of a page and of a post, as the Graph API writes them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from sandbox.meta_errors import bad_param
from sandbox.meta_expansion import Asked, read_fields
from sandbox.meta_page_accounts import Page
from sandbox.social_data import Post

TASKS = ["ADVERTISE", "ANALYZE", "CREATE_CONTENT"]
STATUS_TYPES = {"foto": "added_photos", "video": "added_video", "carrousel": "added_photos"}


def page_fields(page: Page, text: str, followers: int = 0) -> dict[str, Any]:
    """The asked fields of a page, and its id; raises MetaError."""
    told: dict[str, Any] = {
        "id": page.id, "name": page.name, "access_token": page.token, "tasks": TASKS, "followers_count": followers,
        "fan_count": followers - followers // 20,
    }  # fmt: skip
    linked = {"id": page.instagram_id, "username": page.username, "name": page.name}
    row: dict[str, Any] = {"id": page.id}
    for asked in read_fields(text):
        if asked.name == "instagram_business_account":
            row[asked.name] = {name: linked[name] for name in dict.fromkeys((*asked.inner, "id"))}
        elif asked.name in told:
            row[asked.name] = told[asked.name]
        else:
            raise bad_param(f"Tried accessing nonexisting field ({asked.name}) on node type (Page)")
    return row


def post_fields(page: Page, post: Post, text: str) -> dict[str, Any]:
    """The asked fields of a post, and its id; raises MetaError. Without a share, `shares` is left out."""
    row: dict[str, Any] = {"id": f"{page.id}_{post.number}"}
    for asked in read_fields(text):
        if asked.name not in _POST_FIELDS:
            raise bad_param(f"Tried accessing nonexisting field ({asked.name}) on node type (PagePost)")
        value = _POST_FIELDS[asked.name](page, post, asked)
        row |= {} if value is None else {asked.name: value}
    return row


def _counted(count: int, asked: Asked) -> dict[str, Any]:
    """An edge of which only the number is asked for."""
    if asked.modifiers.get("limit") != "0":
        raise bad_param(f"The sandbox does not list {asked.name}: ask for limit(0).")
    summary = {"total_count": count} if asked.modifiers.get("summary") == "true" else None
    return {"data": []} | ({"summary": summary} if summary else {})


_POST_FIELDS: dict[str, Callable[[Page, Post, Asked], Any]] = {
    "id": lambda page, post, _asked: f"{page.id}_{post.number}",
    "created_time": lambda _page, post, _asked: post.placed_at.strftime("%Y-%m-%dT%H:%M:%S+0000"),
    "message": lambda _page, post, _asked: f"Nieuw: {post.kind} {post.number}",
    "status_type": lambda _page, post, _asked: STATUS_TYPES[post.kind],
    "permalink_url": lambda page, post, _asked: f"https://www.facebook.com/{page.id}/posts/{post.number}",
    "shares": lambda _page, post, _asked: {"count": post.shares} if post.shares else None,
    "comments": lambda _page, post, asked: _counted(post.comments, asked),
    "reactions": lambda _page, post, asked: _counted(post.likes, asked),
}
