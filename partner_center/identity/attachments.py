"""What may be uploaded, and who looks at it: decided by the content of a file, never by its name.

A purpose that is not declared here is seen by the account it belongs to and by staff. What only reviewers may see
is declared beside the process that asks for it:

    seen_by_reviewers("real_name", "channel.review_real_name")
"""

from __future__ import annotations

from pathlib import PurePosixPath

MOST_BYTES = 10 * 1024 * 1024
"""Of one attachment (spec/api/operations.md, the real-name operations)."""

CONTENT_TYPES = {
    "jpg": "image/jpeg",
    "png": "image/png",
    "gif": "image/gif",
    "bmp": "image/bmp",
    "pdf": "application/pdf",
}
"""The kinds of attachments, and what a browser is told they are."""

ACCEPTED = ".jpg,.jpeg,.bmp,.png,.gif,.pdf"
"""For the `accept` of a file field."""

_ENDINGS = {"jpeg": "jpg"}

REVIEWED_WITH: dict[str, str] = {}
"""Purpose → the permission that opens its attachments."""


def seen_by_reviewers(purpose: str, needs: str) -> None:
    """Attachments of this purpose are opened by staff who hold `needs`, and by nobody else, not even who sent them."""
    REVIEWED_WITH[purpose] = needs


def kind_of(content: bytes) -> str | None:
    """jpg, png, gif, bmp or pdf; None for anything else, whatever its name says."""
    if content.startswith(b"\xff\xd8\xff"):
        return "jpg"
    if content.startswith(b"\x89PNG\r\n\x1a\n") and content[12:16] == b"IHDR":
        return "png"
    if content[:6] in (b"GIF87a", b"GIF89a"):
        return "gif"
    if content.startswith(b"BM") and len(content) >= 26 and content[6:10] == b"\0\0\0\0":
        return "bmp"
    if content.startswith(b"%PDF-") and b"%%EOF" in content[-1024:]:
        return "pdf"
    return None


def named_otherwise(name: str, kind: str) -> bool:
    """Whether the ending of a file's name says that it is something else; a name without one says nothing."""
    ending = PurePosixPath(name).suffix.lstrip(".").lower()
    return bool(ending) and _ENDINGS.get(ending, ending) != kind
