"""What is always true of usage that was received."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from decimal import Decimal
from itertools import pairwise

from django.db.models import Count, F, IntegerField, OuterRef, Q, Subquery, Sum
from django.db.models.functions import Coalesce

from partner_center.catalogue.models import Renews
from partner_center.foundation.laws import law
from partner_center.metering.models import (
    BatchState,
    MeteredTime,
    PackageItem,
    PackageUse,
    QuarantinedRecord,
    UsageBatch,
    UsageFile,
)
from partner_center.metering.queries import last_closed_month
from partner_center.metering.store import Store


@law(
    "metering.batches",
    says="What a batch accepted stands in its files, what it rejected in the quarantine; an open batch has neither.",
)
def batches_are_accounted_for() -> Iterator[str]:
    files = UsageFile.objects.filter(batch=OuterRef("pk")).order_by().values("batch")
    refused = QuarantinedRecord.objects.filter(batch=OuterRef("pk")).order_by().values("batch")
    odd = (
        UsageBatch.objects.annotate(
            stored=Coalesce(
                Subquery(files.annotate(n=Sum("rows")).values("n")), 0, output_field=IntegerField()
            ),
            kept=Coalesce(
                Subquery(refused.annotate(n=Count("pk")).values("n")), 0, output_field=IntegerField()
            ),
        )
        .filter(
            Q(state=BatchState.RECEIVED) & (~Q(stored=F("accepted")) | ~Q(kept=F("rejected")))
            | ~Q(state=BatchState.RECEIVED) & (Q(stored__gt=0) | Q(kept__gt=0))
        )
        .order_by("pk")
    )
    for batch in odd.iterator():
        yield (
            f"{batch.batch_id} ({batch.state.value}): {batch.accepted} accepted and {batch.rejected} rejected,"
            f" but {batch.stored} in files and {batch.kept} in quarantine"
        )


@law("metering.files", says="Every usage file that counts lies in the store, as long as it was written.")
def files_are_there() -> Iterator[str]:
    store = Store.configured()
    for path, size in UsageFile.objects.order_by("pk").values_list("path", "size").iterator():
        found = store.size(path)
        if found != size:
            yield f"{path}: {'absent' if found is None else f'{found} bytes'} instead of {size} bytes"


@law("metering.time", says="Metered time is ascending and apart: no second is accepted twice.")
def metered_time_is_apart() -> Iterator[str]:
    for metered in MeteredTime.objects.order_by("pk").iterator():
        if len(metered.spans) % 2 or any(one >= other for one, other in pairwise(metered.spans)):
            yield f"{metered}: {metered.spans[:10]}"


@law("metering.packages", says="By closed months no item of a package gave more in a cycle than it holds.")
def packages_give_what_they_hold() -> Iterator[str]:
    """While two months are open, what the later one took waits to be rated again after the earlier one."""
    given: dict[tuple[int, str], Decimal] = defaultdict(Decimal)
    closed = last_closed_month()
    uses = PackageUse.objects.filter(month__lte=str(closed or "")).exclude(item__renews=Renews.HOUR)
    for item_id, cycle, quantity in uses.values_list("item_id", "cycle", "quantity").iterator():
        given[item_id, cycle] += quantity
    held = dict(PackageItem.objects.values_list("pk", "quantity"))
    for (item_id, cycle), quantity in given.items():
        if quantity > held[item_id]:
            yield f"item {item_id} {cycle}: gave {quantity} of {held[item_id]}"
