"""The scene of the sample world leaves what the lists should have to show."""

from __future__ import annotations

from collections import Counter
from datetime import timedelta

from partner_center.channel.jobs.ties import expire_requests, migrate
from partner_center.channel.models import AssociationRequest, Migration, MigrationState, RequestState
from partner_center.customers.makers import make_people
from partner_center.kernel import clock
from partner_center.project.sample_world.channel import ties


def test_requests_wait_and_a_migration_is_finished(db: None) -> None:
    end = clock.now()
    with clock.at(end - timedelta(days=100)):
        people = make_people(password="", since=clock.now())
    with clock.at(end - timedelta(days=40)):
        for moment, deed in sorted(ties.deeds(people, end), key=lambda one: one[0]):
            clock.move_to(moment)
            migrate()
            expire_requests()
            deed()
    assert Migration.objects.get().state is MigrationState.FINISHED
    assert Counter(one.state for one in AssociationRequest.objects.all()) == {
        RequestState.AGREED: 2,
        RequestState.PENDING: 2,
        RequestState.REJECTED: 1,
    }
