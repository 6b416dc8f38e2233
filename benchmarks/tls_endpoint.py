"""An HTTPS endpoint in a process of its own, with certificates for a thousand names, for benchmarks to POST to."""

import asyncio
import datetime as dt
import ssl
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

_RESPONSE = b"HTTP/1.1 200 OK\r\ncontent-type: text/plain\r\ncontent-length: 2\r\nconnection: close\r\n\r\nok"
# Whatever is sent here is never answered.
HANGING_PATH = "/hanging"
_SUFFIX = "hooks.example.com"
_HANGING = f"POST {HANGING_PATH} ".encode()


@dataclass(frozen=True, slots=True)
class TlsEndpoint:
    """A running endpoint."""

    port: int
    certificate: Path

    def hosts(self, count: int) -> list[str]:
        """Names that it has a certificate for."""
        return [f"host{number}.{_SUFFIX}" for number in range(count)]

    def context(self) -> ssl.SSLContext:
        """Trusts this endpoint only."""
        context = ssl.create_default_context(cafile=str(self.certificate))
        context.set_alpn_protocols(["http/1.1"])
        return context


@contextmanager
def running_endpoint() -> Iterator[TlsEndpoint]:
    """Starts one and ends it."""
    with tempfile.TemporaryDirectory() as directory:
        certificate = Path(directory) / "certificate.pem"
        _write_certificate(certificate)
        command = [sys.executable, "-m", "benchmarks.tls_endpoint", str(certificate)]
        with subprocess.Popen(command, stdout=subprocess.PIPE) as process:  # noqa: S603 - this very module
            assert process.stdout is not None
            try:
                yield TlsEndpoint(int(process.stdout.readline()), certificate)
            finally:
                process.kill()


def _write_certificate(path: Path) -> None:
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, _SUFFIX)])
    now = dt.datetime.now(dt.UTC)
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - dt.timedelta(hours=1))
        .not_valid_after(now + dt.timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName(f"*.{_SUFFIX}")]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    path.write_bytes(
        key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
        + certificate.public_bytes(serialization.Encoding.PEM)
    )


class _Answer(asyncio.Protocol):
    """Answers a request as soon as all of it is there."""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self._transport, self._received, self._expected = transport, b"", -1

    def data_received(self, data: bytes) -> None:
        self._received += data
        head, separator, body = self._received.partition(b"\r\n\r\n")
        if not separator:
            return
        if self._expected < 0:
            lines = head.lower().split(b"\r\n")
            self._expected = next(int(line[15:]) for line in lines if line.startswith(b"content-length:"))
        if len(body) >= self._expected and not head.startswith(_HANGING):
            self._transport.write(_RESPONSE)
            self._transport.close()


async def _serve(certificate: str) -> None:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate)
    server = await asyncio.get_running_loop().create_server(_Answer, "127.0.0.1", 0, ssl=context, backlog=1024)
    print(server.sockets[0].getsockname()[1], flush=True)
    await server.serve_forever()


if __name__ == "__main__":
    asyncio.run(_serve(sys.argv[1]))
