"""What files for browsers say of themselves."""

from dataclasses import replace

from functions.api.documentation.operations import Answer, ErrorForm, GroupDocumentation, Operation
from functions.api.documentation.schemas import TEXT, Schema, like
from functions.api.documentation.tags import SERVICE
from functions.api.problems import CONTENT_TYPE, status_of
from functions.api.routes.native.operations.shared import PROBLEM
from parcelhook.errors import InvalidRequestError

_TAGGED = {"ETag": "The same for the same content only.", "Cache-Control": "How long it may be kept."}
_KNOWN = Answer(description="You have it already: your `If-None-Match` names its `ETag`.", headers=_TAGGED)
_FILE_TYPES = ("text/css", "text/javascript", "image/svg+xml")

DOCUMENTATION = GroupDocumentation(
    name="",
    errors=ErrorForm(status=status_of, schema=PROBLEM, content_type=CONTENT_TYPE),
    path_parameters={
        "version": like(TEXT, "0123456789abcdef"),
        "folder": like(TEXT, "views"),
        "name": like(TEXT, "app.js"),
    },
)


def file_operation(summary: str, *content_types: str, description: str = "", schema: Schema = TEXT) -> Operation:
    """A file that everybody may have."""
    found = Answer(description="The file.", schema=schema, content_types=content_types, headers=_TAGGED)
    return Operation(
        summary=summary,
        description=description,
        tag=SERVICE,
        answers={200: found, 304: _KNOWN},
        errors=(InvalidRequestError,),
        is_public=True,
    )


def of_method(method: str, operation: Operation) -> Operation:
    """The same for `GET`; for `HEAD` the one that tells the same without the content."""
    if method == "GET":
        return operation
    answers = {status: replace(answer, schema=None) for status, answer in operation.answers.items()}
    return replace(operation, summary=f"{operation.summary}, without its content", answers=answers)


PAGE = file_operation("Show the portal", "text/html")
PAGE_WITH_SLASH = Operation(
    summary="Lead to the portal",
    tag=SERVICE,
    answers={308: Answer(description="It has no slash at its end.", headers={"Location": "Where the portal is."})},
    errors=(InvalidRequestError,),
    is_public=True,
)
FILE = file_operation(
    "Show a file of the portal or of the documentation",
    *_FILE_TYPES,
    description="The path names the version of all files. Of another version it is the current file, not to be kept.",
)
