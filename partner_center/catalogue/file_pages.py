"""What pages with files share, here and in the rooms above: the upload's form, the download, its format."""

from __future__ import annotations

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.http import Http404, HttpResponse
from django.utils.translation import gettext_lazy as _

from partner_center.catalogue import tables
from partner_center.console.forms import ActionForm
from partner_center.console.page import Page


class FileForm(ActionForm):
    """A CSV or XLSX file, and what to do about wrong lines."""

    file = forms.FileField(label=_("CSV or XLSX file"))
    skip_wrong = forms.BooleanField(
        label=_("Take the good lines even if others are wrong"),
        required=False,
        help_text=_("Otherwise nothing changes if any line is wrong."),
    )

    def clean_file(self) -> Any:
        file = self.cleaned_data["file"]
        if file.size > tables.MOST_BYTES:
            raise ValidationError(_("The file is larger than 20 MB."))
        return file

    def arguments(self) -> dict[str, Any]:
        file = self.cleaned_data["file"]
        return {"content": file.read(), "file_name": file.name, "skip_wrong": self.cleaned_data["skip_wrong"]}


def file_answer(content: bytes, name: str, file_format: str) -> HttpResponse:
    """A download of `content`."""
    return HttpResponse(
        content,
        content_type=tables.FORMATS[file_format],
        headers={"Content-Disposition": f'attachment; filename="{name}.{file_format}"'},
    )


def format_asked(page: Page) -> str:
    """The format of ?format=, XLSX without one. Raises Http404 for one that is not offered."""
    asked = page.request.GET.get("format", "xlsx")
    if asked not in tables.FORMATS:
        raise Http404(asked)
    return asked
