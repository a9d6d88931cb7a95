"""Credentials of programs: access keys that sign requests, and tokens."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from partner_center.foundation.fields import EncryptedTextField, Record
from partner_center.identity.models.accounts import Account
from partner_center.identity.models.users import OwnedQuerySet, User


class KeyQuerySet(OwnedQuerySet):
    owner = "user__account_id"


class AccessKey(Record):
    """An AK and its SK. `failures` counts wrong signatures in a row; too many lock the key until `locked_until`."""

    user = models.ForeignKey(User, models.PROTECT, related_name="access_keys")
    ak = models.CharField(_("Access key"), max_length=40, unique=True)
    sk = EncryptedTextField(_("Secret key"))
    enabled = models.BooleanField(_("Enabled"), default=True)
    failures = models.PositiveSmallIntegerField(default=0, editable=False)
    locked_until = models.DateTimeField(null=True, editable=False)

    objects = KeyQuerySet.as_manager()

    class Meta:
        ordering = ["-id"]

    def __str__(self) -> str:
        return self.ak


class TokenQuerySet(OwnedQuerySet):
    owner = "user__account_id"


class Token(Record):
    """Proof that somebody signed in, for 24 hours. Only its digest is kept.

    account: whose data the token opens. It differs from the user's own account when a partner acts for a customer
    that has authorised it; `agency` then names the platform (xaccount_type) the customer trusts.
    """

    digest = models.CharField(max_length=64, unique=True, editable=False)
    user = models.ForeignKey(User, models.PROTECT, related_name="tokens")
    account = models.ForeignKey(Account, models.PROTECT, related_name="+")
    agency = models.CharField(max_length=64, blank=True)
    expires_at = models.DateTimeField(db_index=True)
    revoked_at = models.DateTimeField(null=True, editable=False)

    objects = TokenQuerySet.as_manager()

    class Meta:
        ordering = ["-id"]

    def __str__(self) -> str:
        return f"{self.user} → {self.account}"
