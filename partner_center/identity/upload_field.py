"""A form field for attachments, for every room that asks for some."""

from __future__ import annotations

from typing import Any

from django import forms
from django.core.exceptions import ValidationError

from partner_center.identity.attachments import ACCEPTED, MOST_BYTES, kind_of, named_otherwise
from partner_center.identity.errors import AttachmentKind, AttachmentTooLarge


class AttachmentField(forms.FileField):
    """A file, refused at the form where `attach` would refuse it. Its value is (name, content)."""

    def __init__(self, **options: Any) -> None:
        super().__init__(widget=forms.ClearableFileInput(attrs={"accept": ACCEPTED}), **options)

    def clean(self, data: Any, initial: Any = None) -> tuple[str, bytes] | None:
        file = super().clean(data, initial)
        if not file:
            return None
        if file.size > MOST_BYTES:
            raise ValidationError(str(AttachmentTooLarge(limit=MOST_BYTES // 1024**2)))
        content: bytes = file.read()
        kind = kind_of(content)
        if kind is None or named_otherwise(file.name, kind):
            raise ValidationError(str(AttachmentKind()))
        return file.name, content
