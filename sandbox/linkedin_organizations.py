"""The company's two LinkedIn pages, and how LinkedIn writes their posts."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC
from typing import Any

from sandbox.social_data import Post

PREFIX = "urn:li:organization:"
KINDS = {
    "foto": {"media": {"id": "urn:li:image:C5500", "altText": ""}},
    "video": {"media": {"id": "urn:li:video:C5600", "title": ""}},
    "carrousel": {"multiImage": {"images": [{"id": "urn:li:image:C5501"}, {"id": "urn:li:image:C5502"}]}},
}
"""What a post holds, by the world's word for its kind."""


@dataclass(frozen=True)
class Organization:
    """A page. `key` is the world's word for it."""

    key: str
    id: str
    name: str

    @property
    def urn(self) -> str:
        return f"{PREFIX}{self.id}"


ORGANIZATIONS = (
    Organization("nl", "90210001", "Duurzame Mode"),
    Organization("be", "90210002", "Duurzame Mode Belgie"),
)


def post_urn(post: Post) -> str:
    """A share or a ugcPost: LinkedIn has both, and which one a post is can only be read from its id."""
    kind = "share" if int(post.number) % 3 else "ugcPost"
    return f"urn:li:{kind}:72{post.number.zfill(17)}"


def post_body(post: Post, organization: Organization) -> dict[str, Any]:
    """A post as the Posts API writes it; moments are epoch milliseconds."""
    at = int(post.placed_at.replace(tzinfo=UTC).timestamp() * 1000)
    return {
        "id": post_urn(post),
        "author": organization.urn,
        "commentary": f"Nieuw: {post.kind} {post.number}",
        "visibility": "PUBLIC",
        "lifecycleState": "PUBLISHED",
        "lifecycleStateInfo": {"isEditedByAuthor": False},
        "distribution": {"feedDistribution": "MAIN_FEED", "thirdPartyDistributionChannels": []},
        "content": KINDS[post.kind],
        "isReshareDisabledByAuthor": False,
        "createdAt": at - 60_000,
        "publishedAt": at,
        "lastModifiedAt": at + 5_000,
    }
