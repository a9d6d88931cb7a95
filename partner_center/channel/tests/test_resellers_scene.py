"""The scene of the sample world leaves what it promises."""

from __future__ import annotations

from collections import Counter
from datetime import timedelta

from partner_center.channel.jobs.resellers import expire_reseller_invitations
from partner_center.channel.laws.resellers import resellers_stand_as_their_history_says
from partner_center.channel.models import CustomerContact, ProjectSpecialist, ResellerInvitation
from partner_center.customers.makers import make_people
from partner_center.identity.models import User
from partner_center.kernel import clock
from partner_center.partners.models import ProgrammeApplication, ResellerAssignment
from partner_center.project.sample_world.channel.resellers import deeds


def test_the_scene_ends_with_an_open_an_expired_and_an_accepted_invitation(db: None) -> None:
    end = clock.now()
    people = make_people(password="", since=end - timedelta(days=100))
    for moment, deed in deeds(people, end):
        with clock.at(moment):
            expire_reseller_invitations()
            deed()

    sent = Counter(one.state.value for one in ResellerInvitation.objects.all())
    assert sent == {"sent": 1, "expired": 1, "accepted": 1}
    waiting = ProgrammeApplication.objects.waiting_for(people.distributor.pk)
    assert waiting.count() == 2
    assert Counter(one.state.value for one in ProjectSpecialist.objects.all()) == {
        "specialist": 1,
        "invited": 2,
    }
    assert CustomerContact.objects.count() == 3
    assert User.objects.filter(supervisor__isnull=False).count() == 2
    assert ResellerAssignment.objects.count() == 2
    assert not list(resellers_stand_as_their_history_says())
