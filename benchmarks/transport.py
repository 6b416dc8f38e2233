"""What a POST costs in CPU time: ours beside bare asyncio sockets and stock httpx, one new TLS connection for each."""

import asyncio
import ssl
import statistics
import time
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from itertools import cycle, islice

import httpx

from benchmarks.table import print_table
from benchmarks.tls_endpoint import TlsEndpoint, running_endpoint
from parcelhook.delivery.sender import HttpxSender, Post, build_client
from parcelhook.delivery.transport import DeliveryTransport

_BODY = b"x" * 2300
_HOSTS = 1_000
_POSTS = 300
_ROUNDS = 5

PostTo = Callable[[str], Awaitable[int]]


@dataclass(frozen=True, slots=True)
class Client:
    """One way to POST."""

    name: str
    post: PostTo


def clients(endpoint: TlsEndpoint) -> list[Client]:
    """All ways that are compared, the bare one first."""
    return [
        Client("bare asyncio sockets", _bare(endpoint)),
        Client("parcelhook", _ours(endpoint)),
        Client("stock httpx", _stock(endpoint)),
    ]


def _bare(endpoint: TlsEndpoint) -> PostTo:
    context = endpoint.context()

    async def post(host: str) -> int:
        reader, writer = await asyncio.open_connection("127.0.0.1", endpoint.port, ssl=context, server_hostname=host)
        head = f"POST / HTTP/1.1\r\nhost: {host}\r\ncontent-length: {len(_BODY)}\r\nconnection: close\r\n\r\n"
        writer.write(head.encode() + _BODY)
        answer = await reader.read(65536)
        writer.transport.abort()
        return int(answer[9:12])

    return post


def _ours(endpoint: TlsEndpoint) -> PostTo:
    async def resolve(_host: str, _port: int) -> Sequence[str]:
        return ["127.0.0.1"]

    transport = DeliveryTransport(tls=endpoint.context(), is_allowed=lambda _: True, resolve=resolve)
    sender = HttpxSender(build_client(transport))

    async def post(host: str) -> int:
        url = f"https://{host}:{endpoint.port}/"
        response = await sender.send(Post(url=url, headers={"user-agent": "x"}, body=_BODY, timeout_seconds=10))
        return response.status_code

    return post


def _stock(endpoint: TlsEndpoint) -> PostTo:
    client = httpx.AsyncClient(verify=endpoint.context(), trust_env=False)

    async def post(host: str) -> int:
        # Stock httpx has no resolver of its own to inject: connect to the address, and name the host for TLS.
        request = client.build_request(
            "POST",
            f"https://127.0.0.1:{endpoint.port}/",
            headers={"host": host, "connection": "close"},
            content=_BODY,
            extensions={"sni_hostname": host},
        )
        return (await client.send(request)).status_code

    return post


def measure(client: Client, hosts: Sequence[str], parallel: int) -> float:
    """CPU milliseconds of this process for one POST."""

    async def run() -> float:
        free = asyncio.Semaphore(parallel)

        async def one(host: str) -> None:
            async with free:
                assert await client.post(host) == 200

        began = time.process_time()
        await asyncio.gather(*(one(host) for host in islice(cycle(hosts), _POSTS)))
        return (time.process_time() - began) * 1000 / _POSTS

    return asyncio.run(run())


def main() -> None:
    """Prints the table: medians of interleaved rounds, and ratios to the bare loop of the same run."""
    rows = []
    with running_endpoint() as endpoint:
        hosts, compared = endpoint.hosts(_HOSTS), clients(endpoint)
        for parallel in (10, 100):
            times: dict[str, list[float]] = {client.name: [] for client in compared}
            for _ in range(_ROUNDS):
                for client in compared:
                    times[client.name].append(measure(client, hosts, parallel))
            bare = statistics.median(times[compared[0].name])
            for name, measured in times.items():
                median = statistics.median(measured)
                rows.append([name, parallel, f"{median:.2f}", f"{median / bare:.2f}"])
    title = f"CPU of one {len(_BODY)}-byte POST on a new TLS connection ({ssl.OPENSSL_VERSION})"
    print_table(title, ["client", "parallel", "ms", "to bare sockets"], rows)


if __name__ == "__main__":
    main()
