"""What partners are told."""

from django.utils.translation import gettext_lazy as _

from partner_center.foundation.outbox import message

message(
    "partners.admitted",
    subject=_("Welcome to the partner center"),
    body=_("{partner} has joined as: {kind}."),
)
message(
    "partners.state_changed",
    subject=_("The standing of {partner} has changed"),
    body=_("{partner} is now: {state}. Reason: {reason}"),
)
message(
    "partners.right_granted",
    subject=_("{distributor} has granted a right"),
    body=_("{distributor} lets {partner}: {right}."),
)
message(
    "partners.right_withdrawn",
    subject=_("{distributor} has withdrawn a right"),
    body=_("{distributor} no longer lets {partner}: {right}."),
)
message(
    "partners.cash_in_time",
    subject=_("Incentives of {partner} can be paid out until {until}"),
    body=_(
        "The partner identity of {partner} has lapsed or ended. Incentives earned can be paid out until {until}; "
        "after that they are void and cannot be recovered."
    ),
)
message(
    "partners.membership_renewed",
    subject=_("{partner}: the annual review is passed"),
    body=_("{partner} has passed the annual review of: {programme}."),
)
message(
    "partners.membership_ended",
    subject=_("{partner} no longer takes part in a programme"),
    body=_("{partner} no longer takes part in: {programme}. Reason: {reason}"),
)
message(
    "partners.review_due",
    subject=_("{partner}: the annual review is due on {day}"),
    body=_("The membership of {partner} in the programme {programme} is valid until {day}."),
)
message(
    "partners.application_received",
    subject=_("Your application has been received"),
    body=_("The application of {company} to join {programme} is under review."),
)
message(
    "partners.application_passed_on",
    subject=_("Your application was passed on to the distributor"),
    body=_("The application of {company} has passed the vendor's review. {distributor} reviews it now."),
)
message(
    "partners.application_refused",
    subject=_("Your application was not passed"),
    body=_(
        "The application of {company} to join {programme} was not passed. Opinion: {opinion} "
        "You may correct it and submit it again."
    ),
)
message(
    "partners.cooperation_to_review",
    subject=_("A reseller wants to work with you"),
    body=_("{company} has applied to work with {distributor} as its reseller and waits for your review."),
)
message(
    "partners.cooperation_refused",
    subject=_("{distributor} does not take part in your application"),
    body=_(
        "{distributor} has refused to work with {company}. Opinion: {opinion} You may choose another one."
    ),
)
message(
    "partners.programme_invitation",
    subject=_("{company} is invited to join: {programme}"),
    body=_(
        "The vendor invites {company} to join: {programme}. Open {link} and sign in with the company's account "
        "to apply. The link is valid until {until} and can be used once."
    ),
)
message(
    "partners.company_change_decided",
    subject=_("Company information: {state}"),
    body=_("The change of the information of {company} was decided: {state}. Opinion: {opinion}"),
)
message(
    "partners.certification_changed",
    subject=_("Commercial-information certification: {state}"),
    body=_("The commercial information of {company} is now: {state}. Reason: {reason}"),
)
message(
    "partners.amount_remitted",
    subject=_("A small amount was remitted to your bank account"),
    body=_(
        "A small amount was remitted to the bank account of {company}. Enter its exact sum under Commercial "
        "information. After three wrong sums the certification is locked."
    ),
)
message(
    "partners.upgrade_decided",
    subject=_("Tier upgrade: {state}"),
    body=_("The application of {partner} for {tier} was decided: {state}. Opinion: {opinion}"),
)
message(
    "partners.agreement_published",
    subject=_("A new version of an agreement waits to be signed"),
    body=_("{agreement} is in force in version {version}. Read and sign it under Agreements."),
)
