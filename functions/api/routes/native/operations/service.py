"""What `/`, `/healthz`, `/jwks`, `/openapi.json` and `/docs` say of themselves."""

from dataclasses import replace

from functions.api.documentation.operations import Answer, Operation
from functions.api.documentation.schemas import TEXT, component, like, list_of, object_of
from functions.api.documentation.tags import SERVICE
from parcelhook.errors import InvalidRequestError, UnavailableError

_BY_ACCEPT = {"Vary": "It depends on `Accept`."}
_TO_THE_PORTAL = Answer(
    description="You accept HTML, as browsers do.", headers={"Location": "Where the portal is.", **_BY_ACCEPT}
)
ROOT = Operation(
    summary="Tell what is where, or lead a browser to the portal",
    tag=SERVICE,
    answers={
        200: Answer(
            description="Paths of this service.",
            schema=object_of(
                name={"type": "string", "const": "Parcelhook"},
                portal=like(TEXT, "/portal"),
                documentation=like(TEXT, "/docs"),
                openapi=like(TEXT, "/openapi.json"),
            ),
            headers=_BY_ACCEPT,
        ),
        302: _TO_THE_PORTAL,
    },
    errors=(InvalidRequestError,),
    is_public=True,
)
ROOT_HEAD = replace(
    ROOT,
    summary=f"{ROOT.summary}, without a body",
    answers={200: Answer(description="There is a body for `GET`.", headers=_BY_ACCEPT), 302: _TO_THE_PORTAL},
)
HEALTH = Operation(
    summary="Tell that the service is there",
    tag=SERVICE,
    answers={
        200: Answer(description="It is.", schema=object_of(status={"type": "string", "const": "ok"})),
    },
    is_public=True,
)
HEALTH_HEAD = Operation(
    summary="Tell that the service is there, without a body",
    tag=SERVICE,
    answers={200: Answer(description="It is.")},
    is_public=True,
)
JWKS = Operation(
    summary="Show the RSA key",
    description="It verifies the RSA signatures of ShipEngine deliveries.",
    tag=SERVICE,
    answers={
        200: Answer(
            description="A JSON Web Key Set (RFC 7517).",
            schema=object_of(
                keys=list_of(
                    component(
                        "JsonWebKey",
                        object_of(
                            kty={"type": "string", "const": "RSA"},
                            n=like(
                                TEXT,
                                "0vx7agoebGcQSuuPiLJXZptN9nndrQmbXEps2aiAFbWhM78LhWx4cbbfAAtVT86zwu1RK7aPFFxuhDR1L6",
                            ),
                            e=like(TEXT, "AQAB"),
                            kid=like(TEXT, "2011-04-29"),
                            use={"type": "string", "const": "sig"},
                            alg={"type": "string", "const": "RS256"},
                        ),
                    )
                )
            ),
            headers={"Cache-Control": "How long it may be kept."},
        )
    },
    errors=(UnavailableError,),
    is_public=True,
)
