"""What customers are told about their leases."""

from django.utils.translation import gettext_lazy as _

from partner_center.foundation.outbox import message

message(
    "subscriptions.expiring",
    subject=_("{resource} expires in {days} days"),
    body=_(
        "Your resource {resource} ({product}, {resource_id}) expires at {moment}, in {days} days. "
        "Renew it in time to go on using it."
    ),
    sms=_("{resource} expires at {moment}, in {days} days. Renew it in time."),
)
message(
    "subscriptions.renewal_failed",
    subject=_("{resource} could not be renewed automatically"),
    body=_(
        "Automatic renewal of {resource} ({product}, {resource_id}) has not succeeded: {reason}. It expires at "
        "{moment}. It is tried again every day at 03:00; you can also renew it yourself."
    ),
    sms=_("Automatic renewal of {resource} has not succeeded. It expires at {moment}."),
)
message(
    "subscriptions.release",
    subject=_("{resource} will be released in {days} days"),
    body=_(
        "Your resource {resource} ({product}, {resource_id}) has expired. It will be released at {moment}, in "
        "{days} days, and its data will be deleted. Renew it before that to keep it."
    ),
    sms=_("{resource} will be released at {moment}, in {days} days. Renew it to keep its data."),
)
message(
    "subscriptions.released",
    subject=_("{resource} has been released"),
    body=_(
        "Your resource {resource} ({product}, {resource_id}) was released at {moment}; its data are deleted."
    ),
    sms=_("{resource} was released at {moment}."),
)
