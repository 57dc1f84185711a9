"""Programs subscribe: by an address that may be asked, with a secret that is shown once and can be changed."""

from datetime import timedelta

import pytest

from clinic.audit import Asked
from clinic.media.webhooks.reach import BadUrl
from clinic.media.webhooks.signature import NotOurs
from clinic.profile import ChangedMeanwhile
from clinic.settings import Settings
from clinic.webhooks.keys import Box, NoKey
from clinic.webhooks.service import open_programs
from clinic.webhooks.subscriptions import MOST, OVERLAP, LabelTaken, TooMany, Wish
from db.tables import WebhookSubscription
from tests.clinic.webhooks.programs import BY, is_signed, of, subscribed

URL = "https://painel.example/alo"


@pytest.fixture
def one(programs):
    return subscribed(programs, URL)[0]


def ping(programs, subscription_id):
    programs.deliveries.ping(subscription_id, BY)
    programs.sending.drain()


def test_what_was_wished_is_kept(clinic, programs):
    one, secret = subscribed(programs, URL, events=frozenset({"cancelled", "booked"}))
    found = programs.subscriptions.get(one)
    assert (found.url, found.events, found.with_patient, found.by) == (URL, ("booked", "cancelled"), False, BY)
    assert secret.startswith("whsec_")


def test_a_secret_is_not_in_the_database(clinic, programs):
    _, secret = subscribed(programs, URL)
    row = clinic.database.first(WebhookSubscription.__table__.select())
    assert secret.removeprefix("whsec_") not in str(row)


def test_without_a_key_nobody_subscribes(clinic):
    closed = open_programs(Settings(), clinic.database, clinic.audit, clinic.clock)
    assert not closed.subscriptions.available
    with pytest.raises(NoKey):
        subscribed(closed, URL)


def test_under_another_key_nothing_is_signed(clinic, programs, one):
    other = open_programs(Settings(secret_key="other" * 8), clinic.database, clinic.audit, clinic.clock)
    assert other.subscriptions.endpoint(str(one)) is None
    assert Box("a").key(Box("b").sealed("whsec_")) is None


def test_two_programs_have_two_names(programs, one):
    with pytest.raises(LabelTaken):
        subscribed(programs, "https://other.example/")


def test_there_is_an_end_to_how_many(programs):
    for number in range(MOST):
        subscribed(programs, URL, str(number))
    with pytest.raises(TooMany):
        subscribed(programs, URL, "one more")


def test_an_address_of_our_network_is_refused_at_once(clinic):
    strict = open_programs(Settings(secret_key="k" * 32), clinic.database, clinic.audit, clinic.clock)
    for url in ("http://a.example/", "https://10.0.0.1/", "https://localhost/"):
        with pytest.raises(BadUrl):
            subscribed(strict, url)


def test_an_event_that_does_not_exist_is_refused(programs):
    with pytest.raises(ValueError, match="events"):
        subscribed(programs, URL, events=frozenset({"born"}))


def test_what_was_changed_meanwhile_is_not_written_over(programs, one):
    programs.subscriptions.save(one, Wish("Um", URL), 1, BY)
    with pytest.raises(ChangedMeanwhile):
        programs.subscriptions.save(one, Wish("Dois", URL), 1, BY)
    assert programs.subscriptions.get(one).label == "Um"


def test_for_a_day_both_secrets_sign(clinic, programs, server):
    one, old = subscribed(programs, server.url)
    new = programs.subscriptions.rotate(one, 1, BY)
    ping(programs, one)
    assert all(is_signed(secret, server.asked[0], clinic.clock()) for secret in (old, new))
    clinic.clock.move(seconds=(OVERLAP + timedelta(minutes=1)).total_seconds())
    ping(programs, one)
    assert is_signed(new, server.asked[1], clinic.clock())
    with pytest.raises(NotOurs):
        is_signed(old, server.asked[1], clinic.clock())


def test_a_secret_asked_for_twice_by_one_click_is_changed_once(programs, one):
    programs.subscriptions.rotate(one, 1, BY)
    with pytest.raises(ChangedMeanwhile):
        programs.subscriptions.rotate(one, 1, BY)


def test_who_paused_runs_again(programs, server):
    one, _ = subscribed(programs, server.url)
    programs.subscriptions.pause(one, BY)
    programs.subscriptions.pause(one, BY)
    assert programs.subscriptions.get(one).paused_why == "by_hand"
    programs.subscriptions.resume(one, BY)
    assert programs.subscriptions.get(one).paused_at is None


@pytest.mark.parametrize("deed", ["pause", "resume", "delete"])
def test_what_is_not_there_cannot_be_changed(programs, deed):
    with pytest.raises(KeyError):
        getattr(programs.subscriptions, deed)(99, BY)


def test_what_was_deleted_leaves_nothing(clinic, programs, server):
    one, _ = subscribed(programs, server.url)
    ping(programs, one)
    programs.subscriptions.delete(one, BY)
    assert (programs.subscriptions.all(), programs.deliveries.page(one)) == ([], [])


def test_who_did_what_is_in_the_trail(clinic, programs, one):
    programs.subscriptions.rotate(one, 1, BY)
    programs.subscriptions.pause(one, BY)
    programs.subscriptions.delete(one, BY)
    done = [line.action for line in clinic.audit.search(Asked(entity="webhook"))]
    assert sorted(done) == ["webhook.created", "webhook.deleted", "webhook.paused", "webhook.rotated"]


def test_the_clinic_has_them(clinic):
    assert clinic.messages.programs.subscriptions.all() == of(clinic).subscriptions.all()
