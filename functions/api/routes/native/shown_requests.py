"""What is POSTed to an endpoint, as a person may see it: everything but credentials."""

from typing import TYPE_CHECKING, Any

from parcelhook.security.headers import masked

if TYPE_CHECKING:
    from parcelhook.delivery.sender import Post


def shown(post: "Post") -> dict[str, Any]:
    """`post` with its credentials masked."""
    headers = {name: masked(name, value) for name, value in post.headers.items()}
    return {"method": "POST", "url": post.url, "headers": headers, "body": post.body.decode(errors="replace")}
