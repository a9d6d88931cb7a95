"""Verification codes: how long, how often, how many attempts, used once, whatever happens at once."""

from __future__ import annotations

import threading
from datetime import timedelta

import pytest
from django.db import connections, transaction

from partner_center.foundation.action import action
from partner_center.foundation.actor import Actor
from partner_center.foundation.models import OutboxMessage
from partner_center.identity.actions import check_code, forget_expired, redeem_code, send_code
from partner_center.identity.errors import CodeDead, CodeExpired, CodeWrong, TooManyCodes
from partner_center.identity.models import VerificationCode
from partner_center.kernel import clock

ACTOR = Actor.system("tests")
MOBILE = "13800138000"


def send(*, scene="29", target=MOBILE, **more):
    """Send a code and read it from the outbox, as its recipient does."""
    send_code(ACTOR, scene=scene, target=target, channel="sms", language="en", **more)
    message = OutboxMessage.objects.latest("id")
    assert message.recipient == target
    return next(
        word.strip(",.")
        for word in message.body.split()
        if word.strip(",.").isdigit() and len(word.strip(",.")) == 6
    )


def check(code, *, scene="29", target=MOBILE):
    return check_code(ACTOR, scene=scene, target=target, code=code)


def wrong(code):
    return f"{(int(code) + 1) % 1_000_000:06d}"


def test_a_code_opens_once(db):
    checked = check(send())
    redeem_code(ACTOR, checked=checked)
    with pytest.raises(CodeWrong):
        redeem_code(ACTOR, checked=checked)


def test_checking_again_before_redeeming_is_no_harm(db):
    code = send()
    check(code)
    redeem_code(ACTOR, checked=check(code))


def test_three_wrong_attempts_and_it_is_dead(db):
    code = send()
    for _attempt in range(3):
        with pytest.raises(CodeWrong) as refusal:
            check(wrong(code))
        assert refusal.value.code == "CBC.99004010"
    with pytest.raises(CodeDead) as dead:
        check(code)
    assert dead.value.code == "CBC.99004009"


def test_two_wrong_attempts_are_forgiven(db):
    code = send()
    for _attempt in range(2):
        with pytest.raises(CodeWrong):
            check(wrong(code))
    check(code)


def test_an_attempt_counts_though_the_callers_transaction_comes_to_nothing(real_db):
    code = send()

    @action("identity.tests_try_a_code")
    def register(actor):
        raise ZeroDivisionError

    for _attempt in range(3):
        with pytest.raises(CodeWrong):
            check(wrong(code))
        with pytest.raises(ZeroDivisionError):
            register(ACTOR)
    with pytest.raises(CodeDead):
        check(code)


@pytest.mark.parametrize(("minutes", "valid"), [(None, 10), (1, 1), (60, 60), (61, 5), (600, 5)])
def test_how_long_a_code_is_valid(db, minutes, valid):
    code = send(minutes=minutes)
    now = clock.now()
    with clock.at(now + timedelta(minutes=valid, seconds=-5)):
        check(code)
    with clock.at(now + timedelta(minutes=valid)), pytest.raises(CodeExpired) as refusal:
        check(code)
    assert refusal.value.code == "CBC.99004008"


def test_a_new_code_voids_the_one_before(db):
    first, second = send(), send()
    if first != second:
        with pytest.raises(CodeWrong):
            check(first)
    check(second)


def test_a_code_is_for_its_scene_and_its_recipient(db):
    code = send()
    with pytest.raises(CodeWrong):
        check(code, scene="18")
    with pytest.raises(CodeWrong):
        check(code, target="13900139000")


def test_fifteen_an_hour_and_sixty_a_day(db):
    begin = clock.now()
    for hour in range(4):
        with clock.at(begin + timedelta(hours=hour, seconds=hour)):
            for _turn in range(15):
                send()
            with pytest.raises(TooManyCodes) as refusal:
                send()
            assert refusal.value.code == "CBC.99004015"
    with clock.at(begin + timedelta(hours=5)), pytest.raises(TooManyCodes):
        send()
    with clock.at(begin + timedelta(hours=5)):
        send(target="13900139000")
    with clock.at(begin + timedelta(days=1, hours=1)):
        send()


def test_scenes_share_the_ceiling_of_a_recipient(db):
    for turn in range(15):
        send(scene=str(turn))
    with pytest.raises(TooManyCodes):
        send(scene="29")


def test_codes_are_forgotten_after_two_days_and_counted_until_then(db):
    send()
    forget_expired(ACTOR)
    assert VerificationCode.objects.count() == 1
    with clock.at(clock.now() + timedelta(days=2, seconds=1)):
        forget_expired(ACTOR)
        assert VerificationCode.objects.count() == 0
        check(send())


def test_neither_code_nor_recipient_is_kept_in_clear(db):
    code = send()
    kept = str(VerificationCode.objects.values_list())
    assert code not in kept
    assert MOBILE not in kept


def at_once(count, work):
    """Run `work` in as many threads; returns what each returned or raised."""
    results = []
    ready = threading.Barrier(count)

    def run() -> None:
        ready.wait()
        try:
            results.append(work())
        except Exception as error:
            results.append(error)
        finally:
            connections.close_all()

    threads = [threading.Thread(target=run) for _number in range(count)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return results


def test_of_two_that_redeem_at_once_one_succeeds(real_db):
    checked = check(send())
    results = at_once(4, lambda: redeem_code(ACTOR, checked=checked))
    assert sum(result is None for result in results) == 1
    assert sum(isinstance(result, CodeWrong) for result in results) == 3


def test_guesses_at_once_are_no_more_than_three(real_db):
    code = send()
    results = at_once(8, lambda: check(wrong(code)))
    assert sum(isinstance(result, CodeWrong) for result in results) == 3
    assert sum(isinstance(result, CodeDead) for result in results) == 5


def test_codes_sent_at_once_keep_to_the_ceiling(real_db):
    for _turn in range(12):
        send()
    results = at_once(8, lambda: send_code(ACTOR, scene="29", target=MOBILE, channel="sms"))
    assert sum(result is None for result in results) == 3
    assert VerificationCode.objects.count() == 15


def test_a_refused_send_sends_nothing(db):
    for _turn in range(15):
        send()
    before = OutboxMessage.objects.count()
    with pytest.raises(TooManyCodes), transaction.atomic():
        send()
    assert OutboxMessage.objects.count() == before
