"""What a POST costs in CPU time: ours beside bare asyncio sockets and stock httpx, one new TLS connection for each."""

import asyncio
import ssl
import statistics
import time
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from itertools import cycle, islice

import httpx

from benchmarks import machine
from benchmarks.claims import Claim
from benchmarks.table import print_table
from benchmarks.tls_endpoint import HANGING_PATH, TlsEndpoint, running_endpoint
from parcelhook.delivery.sender import HttpxSender, Post, build_client
from parcelhook.delivery.transport import DeliveryTransport

_BODY = b"x" * 2300
_HOSTS = 1_000
_POSTS = 300
_ROUNDS = 5
_BESIDE = 10
_QUIET_SECONDS = 0.02
HANGING = (10, 1_000)
BAR_TO_SOCKETS, BAR_TO_STOCK = 1.3, 0.55
# Nothing may grow with them; what is left is noise.
BAR_BESIDE = 1.1

PostTo = Callable[[str], Awaitable[int]]


@dataclass(frozen=True, slots=True)
class Client:
    """One way to POST."""

    name: str
    post: PostTo


def clients(endpoint: TlsEndpoint) -> list[Client]:
    """All ways that are compared, the bare one first."""
    return [
        Client("bare asyncio sockets", bare_post(endpoint)),
        Client("parcelhook", _ours(endpoint)),
        Client("stock httpx", _stock(endpoint)),
    ]


def bare_post(endpoint: TlsEndpoint) -> PostTo:
    """As little as can be: a socket, a request, an answer that is hardly read."""
    context = endpoint.context()

    async def post(host: str) -> int:
        reader, writer = await asyncio.open_connection("127.0.0.1", endpoint.port, ssl=context, server_hostname=host)
        head = f"POST / HTTP/1.1\r\nhost: {host}\r\ncontent-length: {len(_BODY)}\r\nconnection: close\r\n\r\n"
        writer.write(head.encode() + _BODY)
        answer = await reader.read(65536)
        writer.transport.abort()
        return int(answer[9:12])

    return post


def our_sender(endpoint: TlsEndpoint) -> HttpxSender:
    """What deliveries are sent by, but for the name server."""

    async def resolve(_host: str, _port: int) -> Sequence[str]:
        return ["127.0.0.1"]

    transport = DeliveryTransport(tls=endpoint.context(), is_allowed=lambda _: True, resolve=resolve)
    return HttpxSender(build_client(transport))


def _ours(endpoint: TlsEndpoint) -> PostTo:
    sender = our_sender(endpoint)

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


def measure_beside(endpoint: TlsEndpoint, hanging: int) -> float:
    """The same of our client alone, while `hanging` other POSTs of this process wait for an answer."""
    sender, (host,) = our_sender(endpoint), endpoint.hosts(1)
    url = f"https://{host}:{endpoint.port}/"

    async def run() -> float:
        never = Post(url=url + HANGING_PATH[1:], headers={}, body=_BODY, timeout_seconds=300)
        waiting = [asyncio.create_task(sender.send(never)) for _ in range(hanging)]
        await _until_quiet()
        began = time.process_time()
        for _ in range(_POSTS // _BESIDE):
            post = Post(url=url, headers={"user-agent": "x"}, body=_BODY, timeout_seconds=60)
            await asyncio.gather(*(sender.send(post) for _ in range(_BESIDE)))
        used = (time.process_time() - began) * 1000 / _POSTS
        assert not any(task.done() for task in waiting)
        for task in waiting:
            task.cancel()
        await asyncio.gather(*waiting, return_exceptions=True)
        return used

    return asyncio.run(run())


async def _until_quiet() -> None:
    """Until all connections are open: nothing is left to do for this process."""
    while True:
        before = time.process_time()
        await asyncio.sleep(0.5)
        if time.process_time() - before < _QUIET_SECONDS:
            return


def main() -> list[Claim]:
    """Prints the tables: medians of interleaved rounds, and ratios to the bare loop of the same run."""
    with running_endpoint() as endpoint:
        return _compared(endpoint) + _beside(endpoint)


def _compared(endpoint: TlsEndpoint) -> list[Claim]:
    rows, claims = [], []
    hosts, compared = endpoint.hosts(_HOSTS), clients(endpoint)
    for parallel in (10, 100):
        times: dict[str, list[float]] = {client.name: [] for client in compared}
        for _ in range(_ROUNDS):
            for client in compared:
                times[client.name].append(measure(client, hosts, parallel))
        medians = {name: statistics.median(measured) for name, measured in times.items()}
        bare, ours, stock = (medians[client.name] for client in compared)
        rows += [[name, parallel, f"{each:.2f}", f"{each / bare:.2f}"] for name, each in medians.items()]
        claims.append(Claim(f"POST, {parallel} parallel, to bare sockets", ours / bare, BAR_TO_SOCKETS))
        claims.append(Claim(f"POST, {parallel} parallel, to stock httpx", ours / stock, BAR_TO_STOCK))
    title = f"CPU of one {len(_BODY)}-byte POST on a new TLS connection ({ssl.OPENSSL_VERSION}, {machine.described()})"
    print_table(title, ["client", "parallel", "ms", "to bare sockets"], rows)
    return claims


def _beside(endpoint: TlsEndpoint) -> list[Claim]:
    times: dict[int, list[float]] = {hanging: [] for hanging in HANGING}
    for _ in range(_ROUNDS):
        for hanging in HANGING:
            times[hanging].append(measure_beside(endpoint, hanging))
    few, many = (statistics.median(times[hanging]) for hanging in HANGING)
    rows = [[hanging, f"{statistics.median(measured):.2f}"] for hanging, measured in times.items()]
    print_table(f"CPU of one POST, {_BESIDE} parallel, beside others that hang", ["hanging", "ms"], rows)
    text = f"POST beside {HANGING[1]:,} that hang, to one beside {HANGING[0]}"
    return [Claim(text, many / few, BAR_BESIDE)]


if __name__ == "__main__":
    main()
