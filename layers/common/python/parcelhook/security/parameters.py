"""The deployment's two secrets, as SecureStrings in Systems Manager."""

import base64
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from botocore.exceptions import ClientError

from parcelhook.errors import SecretMissingError
from parcelhook.ids import RandomBytes
from parcelhook.security.secrets import MASTER_SECRET_BYTES, MasterSecret
from parcelhook.security.signing import RsaSigner, new_rsa_key
from parcelhook.storage.failures import translated

if TYPE_CHECKING:
    from types_boto3_ssm import SSMClient


@dataclass(slots=True, kw_only=True)
class ParameterSecrets:
    """Reads the secrets once and keeps them in memory."""

    client: "SSMClient"
    master_name: str
    rsa_name: str
    _master: MasterSecret | None = field(default=None, repr=False)
    _rsa: RsaSigner | None = field(default=None, repr=False)

    def master(self) -> MasterSecret:
        if self._master is None:
            self._master = MasterSecret(base64.b64decode(self._read(self.master_name)))
        return self._master

    def rsa(self) -> RsaSigner:
        if self._rsa is None:
            self._rsa = RsaSigner(self._read(self.rsa_name).encode())
        return self._rsa

    def ensure(self, random_bytes: RandomBytes) -> list[str]:
        """Makes those secrets that are not there yet; never replaces one. Answers the names of the new ones."""
        made = []
        if self._create(self.master_name, lambda: base64.b64encode(random_bytes(MASTER_SECRET_BYTES)).decode()):
            made.append(self.master_name)
        if self._create(self.rsa_name, lambda: new_rsa_key().decode()):
            made.append(self.rsa_name)
        return made

    def delete(self) -> None:
        """Removes both. Every signature made before can no longer be checked against anything."""
        with translated():
            self.client.delete_parameters(Names=[self.master_name, self.rsa_name])
        self._master = self._rsa = None

    def _read(self, name: str) -> str:
        with translated():
            try:
                return self.client.get_parameter(Name=name, WithDecryption=True)["Parameter"]["Value"]
            except ClientError as error:
                if error.response["Error"]["Code"] != "ParameterNotFound":
                    raise
                raise SecretMissingError(
                    f"The secret {name} is missing; `parcelhook secrets create` makes it."
                ) from error

    def _create(self, name: str, make: Callable[[], str]) -> bool:
        try:
            self._read(name)
            return False
        except SecretMissingError:
            pass
        with translated():
            try:
                self.client.put_parameter(Name=name, Value=make(), Type="SecureString", Overwrite=False)
            except ClientError as error:
                if error.response["Error"]["Code"] != "ParameterAlreadyExists":
                    raise
                # Somebody else made it at the same moment, or botocore did when it sent the call twice.
                return False
        return True
