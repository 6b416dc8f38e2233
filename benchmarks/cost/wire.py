"""What a new TLS connection sends besides the request, counted by a relay between our client and an endpoint."""

import asyncio

from benchmarks.tls_endpoint import running_endpoint
from benchmarks.transport import our_sender
from parcelhook.delivery.sender import Post

# Packets from us: SYN, ACK, hello, finished, request in two, a few ACKs, and the end.
_PACKETS, _PACKET_HEADER_BYTES = 9, 40


def handshake_bytes() -> int:
    """Bytes sent for a delivery that are not its request, TCP and IP headers included."""
    return asyncio.run(_counted()) + _PACKETS * _PACKET_HEADER_BYTES


async def _counted() -> int:
    with running_endpoint() as endpoint:
        sent = 0

        async def relay(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            nonlocal sent
            back_reader, forth = await asyncio.open_connection("127.0.0.1", endpoint.port)

            async def back() -> None:
                while data := await back_reader.read(65536):
                    writer.write(data)

            returning = asyncio.create_task(back())
            try:
                while data := await reader.read(65536):
                    sent += len(data)
                    forth.write(data)
            except ConnectionError:
                pass
            returning.cancel()
            forth.close()

        server = await asyncio.start_server(relay, "127.0.0.1", 0)
        port = server.sockets[0].getsockname()[1]
        (host,) = endpoint.hosts(1)
        body = b"x" * 2300
        await our_sender(endpoint).send(Post(url=f"https://{host}:{port}/", headers={}, body=body, timeout_seconds=10))
        await asyncio.sleep(0.1)
        server.close()
        # The request line and the few headers of a bare request.
        return sent - len(body) - 150
