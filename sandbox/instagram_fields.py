"""Fields of an Instagram account and of a media, as the Graph API writes them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from sandbox.meta_errors import bad_param
from sandbox.meta_expansion import read_fields
from sandbox.meta_page_accounts import Page
from sandbox.social_data import Post

KINDS = {"foto": ("IMAGE", "FEED"), "video": ("VIDEO", "REELS"), "carrousel": ("CAROUSEL_ALBUM", "FEED")}
"""(media_type, media_product_type) by the world's word."""
_PREFIX = "17900000"


def media_id(post: Post) -> str:
    """Instagram's id of a post of the world."""
    return f"{_PREFIX}{post.number.zfill(9)}"


def media_number(node: str) -> str:
    """The world's number of a media id; empty where it is none."""
    is_media = node.isdigit() and len(node) == len(_PREFIX) + 9 and node.startswith(_PREFIX)
    return node.removeprefix(_PREFIX).lstrip("0") if is_media else ""


def account_fields(page: Page, text: str, followers: int) -> dict[str, Any]:
    """The asked fields of an account, and its id; raises MetaError."""
    told: dict[str, Any] = {
        "id": page.instagram_id, "username": page.username, "name": page.name, "followers_count": followers,
        "follows_count": 120, "media_count": 900,
    }  # fmt: skip
    return _picked(text, told, "IGUser")


def media_fields(post: Post, text: str) -> dict[str, Any]:
    """The asked fields of a media, and its id; raises MetaError."""
    return _picked(text, {name: tell(post) for name, tell in _MEDIA_FIELDS.items()}, "IGMedia")


def _picked(text: str, told: dict[str, Any], kind: str) -> dict[str, Any]:
    names = [asked.name for asked in read_fields(text)]
    for name in names:
        if name not in told:
            raise bad_param(f"Tried accessing nonexisting field ({name}) on node type ({kind})")
    return {name: told[name] for name in dict.fromkeys([*names, "id"])}


_MEDIA_FIELDS: dict[str, Callable[[Post], Any]] = {
    "id": media_id,
    "timestamp": lambda post: post.placed_at.strftime("%Y-%m-%dT%H:%M:%S+0000"),
    "media_type": lambda post: KINDS[post.kind][0],
    "media_product_type": lambda post: KINDS[post.kind][1],
    "caption": lambda post: f"Nieuw: {post.kind} {post.number}",
    "permalink": lambda post: f"https://www.instagram.com/p/{post.number}/",
    "like_count": lambda post: post.likes,
    "comments_count": lambda post: post.comments,
}
