"""The words for what a run tells: its checks, their figures, what it is doing."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

CHECKS = {
    "every_record_has_its_place": _("Every record has its place"),
    "official_is_discount_and_payable": _("List price = discount + payable, on every line"),
    "official_is_list_cut_at_ten_places": _("The list price of a line is cut at ten places"),
    "discount_stays_within_official": _("No discount exceeds its list price"),
    "quantity_is_free_package_and_charged": _("Quantity = free + from packages + charged, on every line"),
    "no_part_of_a_quantity_is_negative": _("No part of a quantity is negative"),
    "nothing_charged_costs_nothing": _("Nothing charged costs nothing"),
    "groups_are_their_lines": _("Groups are the sums of their lines"),
    "group_official_is_discount_and_payable": _("List price = discount + payable, in every group"),
    "payable_is_minor_units_and_cut_off": _("Payable = what is charged + what is cut off, in every group"),
    "before_tiles_the_group": _("The lines of a group follow each other without a gap"),
    "past_current_and_future_are_the_whole": _("Past, present and future months are the whole"),
    "means_of_payment_are_what_was_consumed": _("The means of payment are what was consumed"),
    "fees_are_passed_on": _("Fees are passed on unchanged"),
    "intake": _("Every accepted record is in the snapshot"),
    "records": _("Every record is in a line, in a peak, or listed with its reason"),
    "groups": _("Lines add up to groups"),
    "truncation": _("Groups are cut to the cent, toward zero"),
    "partners": _("Partners' sums are the sums of their customers' lines"),
    "customers": _("Customers' totals are those of their groups"),
    "fees": _("The month's fee records stand in the lines"),
    "subscription days": _("Every day of a subscription is on one bill line or says why not"),
    "ledger": _("Fee records are the sums of the groups"),
}

FACTS = {
    "violations": _("violations"),
    "accepted": _("accepted"),
    "in the snapshot": _("in the snapshot"),
    "batches": _("batches"),
    "records": _("records"),
    "lines": _("lines"),
    "points": _("points"),
    "in peaks": _("in peaks"),
    "not rated": _("not rated"),
    "groups": _("groups"),
    "different": _("different"),
    "partners": _("partners"),
    "twice": _("twice"),
    "fee records": _("fee records"),
    "customers": _("customers"),
    "billed": _("billed"),
    "after expiry": _("after expiry"),
    "free of charge": _("free of charge"),
    "no usage reported": _("no usage reported"),
    "no period": _("no period"),
    "period without a bill line": _("period without a bill line"),
    "more than one bill line": _("more than one bill line"),
}

STEPS = {
    "snapshot": _("Taking the snapshot"),
    "rate": _("Rating"),
    "check": _("Checking"),
    "post": _("Posting"),
}
