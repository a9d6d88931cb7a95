"""Files that people upload: what is taken, how it lies at rest, who opens it."""

from __future__ import annotations

from pathlib import Path

import pytest

from partner_center.foundation import vault
from partner_center.foundation.actor import Actor
from partner_center.foundation.errors import StoreUnavailable
from partner_center.foundation.models import TrailEntry
from partner_center.foundation.store import Store
from partner_center.identity import attachments
from partner_center.identity.actions import attach
from partner_center.identity.attachments import MOST_BYTES, kind_of
from partner_center.identity.errors import AttachmentKind, AttachmentTooLarge
from partner_center.identity.makers import as_owner, make_account
from partner_center.identity.models import Attachment
from tests.pages import as_reader

PNG = b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR" + b"a passport, page 2"
JPG = b"\xff\xd8\xff\xe0" + b"a passport, page 1"
PDF = b"%PDF-1.7\n1 0 obj\n<<>>\nendobj\n%%EOF\n"
HTML = b"<!doctype html><script>alert(1)</script>"


@pytest.fixture(autouse=True)
def store(settings, tmp_path: Path) -> Path:
    settings.PARTNER_CENTER_STORE = str(tmp_path)
    return tmp_path


def test_what_lies_in_the_store_cannot_be_read_or_moved(store, settings):
    key = vault.seal(b"the number of an identity card")
    (file,) = [path for path in store.rglob("*") if path.is_file()]
    assert b"identity" not in file.read_bytes()
    assert vault.unseal(key) == b"the number of an identity card"

    settings.FIELD_KEYS = ["a newer key", *settings.FIELD_KEYS]
    assert vault.unseal(key) == b"the number of an identity card"

    other = vault.seal(b"somebody else's")
    Store.configured().put_bytes(vault._path(other), file.read_bytes())
    with pytest.raises(AssertionError):
        vault.unseal(other)

    vault.discard(key)
    with pytest.raises(StoreUnavailable):
        vault.unseal(key)


def test_the_kind_is_read_from_the_content():
    assert [kind_of(content) for content in (PNG, JPG, PDF, b"GIF89a..")] == ["png", "jpg", "pdf", "gif"]
    assert [kind_of(content) for content in (HTML, b"", b"MZ", PNG[4:], PDF[:-7], b"BMW parts")] == [None] * 6


@pytest.mark.django_db
def test_what_lies_about_its_type_or_is_too_large_leaves_nothing(store):
    account = make_account("solution_provider")
    lies = [("photo.png", JPG), ("photo.jpg", HTML), ("photo.exe", PNG), ("photo.pdf", PNG)]
    for name, content in lies:
        with pytest.raises(AttachmentKind):
            attach(as_owner(account), account=account, purpose="licence", name=name, content=content)
    with pytest.raises(AttachmentTooLarge):
        attach(
            as_owner(account),
            account=account,
            purpose="licence",
            name="a.png",
            content=PNG.ljust(MOST_BYTES + 1),
        )
    assert not Attachment.objects.exists()
    assert not [path for path in store.rglob("*") if path.is_file()]
    kept = attach(as_owner(account), account=account, purpose="licence", name="a.JPEG", content=JPG)
    assert (kept.kind, kept.size) == ("jpg", len(JPG))


@pytest.mark.django_db
def test_an_attachment_opens_for_its_account_and_for_staff_and_is_not_there_for_others():
    account, stranger = make_account("solution_provider"), make_account("solution_provider")
    mine = attach(as_owner(account), account=account, purpose="licence", name="licence 42.png", content=PNG)
    with as_reader(as_owner(account)) as reader:
        answer = reader.get("attachment", row=mine)
        assert answer.content == PNG and answer["Content-Type"] == "image/png"
        assert "sandbox" in answer["Content-Security-Policy"]
        assert "42" not in answer["Content-Disposition"]
    with as_reader(as_owner(stranger)) as reader:
        assert reader.get("attachment", row=mine).status_code == 404
        assert reader.get("/console/attachments/" + "0" * 32 + "/").status_code == 404
    with as_reader(as_owner(account).with_permissions({"home.view"})) as reader:
        assert reader.get("attachment", row=mine).status_code == 403
    seen = TrailEntry.objects.filter(verb="attachment.view").values_list("actor_account_id", "about_id")
    assert list(seen) == [(account.pk, account.pk)]
    assert not TrailEntry.objects.filter(subject_name__contains="42").exists()


@pytest.mark.django_db
def test_what_is_for_reviewers_is_closed_even_to_who_sent_it(monkeypatch):
    monkeypatch.setitem(attachments.REVIEWED_WITH, "papers", "identity.review_papers")
    account, house = make_account("solution_provider"), make_account("vendor")
    paper = attach(as_owner(account), account=account, purpose="papers", name="a.png", content=PNG)

    def sees(actor: Actor) -> bool:
        return Attachment.objects.visible_to(actor).filter(pk=paper.pk).exists()

    staff = as_owner(house)
    assert not sees(as_owner(account))
    assert sees(staff)
    assert not sees(staff.with_permissions({"identity.view_attachment"}))
    assert sees(staff.with_permissions({"identity.review_papers"}))
