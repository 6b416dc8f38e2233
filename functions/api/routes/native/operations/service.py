"""What `/healthz`, `/jwks`, `/openapi.json` and `/docs` say of themselves."""

from functions.api.documentation.operations import Answer, Operation
from functions.api.documentation.schemas import TEXT, component, like, list_of, object_of
from functions.api.documentation.tags import SERVICE
from parcelhook.errors import UnavailableError

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
