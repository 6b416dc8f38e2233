"""Judges each endpoint's URL again before each attempt: rules may have become stricter since it was accepted."""

from parcelhook.collaborators import collaborator
from parcelhook.delivery.sender import Post, Sender
from parcelhook.errors import AddressRefusedError
from parcelhook.model.response import EndpointResponse
from parcelhook.security.endpoints import EndpointRules


@collaborator
class GuardedSender:
    """Sends what the rules allow through another sender, which checks addresses where it connects."""

    sender: Sender
    rules: EndpointRules

    async def send(self, post: Post) -> EndpointResponse:
        """As the other sender does. Raises `AddressRefusedError` for an endpoint that may not be one."""
        fault = self.rules.fault(post.url)
        if fault:
            raise AddressRefusedError(fault)
        return await self.sender.send(post)
