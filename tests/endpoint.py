"""Endpoints that need no network: what they were sent, and what they answer."""

from collections.abc import Callable
from dataclasses import dataclass, field

from parcelhook.delivery.sender import Post
from parcelhook.errors import AttemptError
from parcelhook.model.response import EndpointResponse

Answer = EndpointResponse | AttemptError


def answered(status_code: int) -> EndpointResponse:
    """An endpoint's answer."""
    return EndpointResponse(status_code=status_code, body=b"told")


@dataclass(slots=True)
class Endpoint:
    """All endpoints of the world: what they were sent, and what they answer from now on."""

    posts: list[Post] = field(default_factory=list)
    answer: Callable[[Post], Answer] = lambda _: answered(200)

    async def send(self, post: Post) -> EndpointResponse:
        self.posts.append(post)
        answer = self.answer(post)
        if isinstance(answer, AttemptError):
            raise answer
        return answer
