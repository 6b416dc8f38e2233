"""What `/v1/account` and `/v1/keys` say of themselves."""

from functions.api.documentation.operations import Answer, Operation
from functions.api.documentation.schemas import MOMENT, TEXT, component, like, list_of, object_of, or_null, text
from functions.api.documentation.tags import ACCOUNT
from functions.api.routes.native.operations.shared import KEY_ID, MODE, NO_STORE
from parcelhook.errors import ConflictError

_HINT = like(TEXT, "live_…x4Qz", description="How the key begins and ends.")
_KEY = {"id": KEY_ID, "mode": MODE, "hint": _HINT, "created_at": MOMENT, "revoked_at": like(or_null(MOMENT), None)}

SHOW = Operation(
    summary="Show the calling account",
    tag=ACCOUNT,
    answers={
        200: Answer(
            description="The account, and the key that was used.",
            schema=component(
                "Account",
                object_of(
                    id=text("^acct_", "acct_01JD0000000000000000000000"),
                    name=like(TEXT, "Acme"),
                    mode=MODE,
                    key=object_of(id=KEY_ID, hint=_HINT),
                ),
            ),
        )
    },
)
LIST_KEYS = Operation(
    summary="List the keys",
    description="Oldest first, revoked ones too. Live and test keys do not see each other.",
    tag=ACCOUNT,
    answers={
        200: Answer(description="All keys.", schema=object_of(keys=list_of(component("Key", object_of(**_KEY))))),
    },
)
CREATE_KEY = Operation(
    summary="Make a key",
    description="Of the same account and mode as the calling key. 409 where there are very many already.",
    tag=ACCOUNT,
    answers={
        201: Answer(
            description="The key. Only this answer tells it.",
            schema=component(
                "NewlyMadeKey", object_of(**_KEY, key=like(TEXT, "live_3vP5xkkmWq0bC4cVtYgN1lB6mXo2hZr8d7sEaFuJx4Qz"))
            ),
            headers=NO_STORE,
        )
    },
    errors=(ConflictError,),
)
REVOKE_KEY = Operation(
    summary="Revoke a key",
    description="It works for up to ten seconds more. 409 for the calling key itself.",
    tag=ACCOUNT,
    answers={204: Answer(description="It is revoked.")},
    errors=(ConflictError,),
)
