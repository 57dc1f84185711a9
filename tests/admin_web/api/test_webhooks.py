"""/webhooks: another program subscribes itself, with a token of a manager's that is good for that."""

from urllib.parse import urlencode

import pytest
from sqlalchemy import update

from admin_web.api.faults import fault_of
from clinic.webhooks.subscriptions import Unknown, Wish
from db.tables import OutboxRow
from tests.admin_web.api.programs import Program, fields
from tests.clinic.outbox.posts import Post, worker

NEW = {"label": "Painel", "url": "https://painel.example/avisos", "events": ["booked", "cancelled"]}


@pytest.fixture
def programs(site):
    return site.clinic.messages.programs


@pytest.fixture
def made(manager):
    return manager.post("/webhooks", NEW)


def path(made):
    return made.location.removeprefix("/api/v1")


def test_the_secret_is_in_the_first_answer_alone(manager, made):
    assert (made.status_code, made.json["secret"][:6], made.json["events"]) == (201, "whsec_", NEW["events"])
    read = manager.get(path(made))
    assert (read.json["secret"], read.json["label"]) == (None, "Painel")
    assert [one["id"] for one in manager.get("/webhooks").json["items"]] == [made.json["id"]]


@pytest.mark.parametrize(
    ("changes", "status", "field"),
    [
        ({"url": "http://a.example/"}, 422, "url"), ({"url": "https://10.0.0.1/"}, 422, "url"),
        ({"url": "https://u:p@a.example/"}, 422, "url"), ({"events": ["born"]}, 400, "events.0"),
        ({"url": "ftp://a.example/"}, 400, "url"), ({"label": ""}, 400, "label"),
    ],
    ids=str,
)  # fmt: skip
def test_what_does_not_fit_is_told_at_its_field(manager, changes, status, field):
    reply = manager.post("/webhooks", NEW | changes)
    assert (reply.status_code, fields(reply)) == (status, [field])


def test_two_have_two_names(manager, made):
    assert manager.post("/webhooks", NEW).status_code == 409


def test_what_somebody_deleted_a_moment_ago_is_not_there(programs, made):
    subscriptions, one = programs.subscriptions, made.json["id"]
    subscriptions.delete(one, "user:1")
    for change in (
        lambda: subscriptions.save(one, Wish("Outro", NEW["url"]), 1, "user:1"),
        lambda: subscriptions.rotate(one, 1, "user:1"), lambda: subscriptions.pause(one, "user:1"),
        lambda: subscriptions.resume(one, "user:1"), lambda: subscriptions.delete(one, "user:1"),
    ):  # fmt: skip
        with pytest.raises(Unknown) as told:
            change()
        assert fault_of(told.value).status == 404


def test_it_is_changed_as_it_was_read(manager, made):
    given, tag = NEW | {"label": "Outro"}, made.headers["ETag"]
    assert manager.ask("PUT", path(made), given).status_code == 428
    assert manager.ask("PUT", path(made), given, If_Match=tag).json["label"] == "Outro"
    assert manager.ask("PUT", path(made), given, If_Match=tag).status_code == 412


def test_a_secret_is_changed_once(manager, made):
    asked = f"{path(made)}/secret"
    first = manager.post(asked, If_Match=made.headers["ETag"])
    assert (first.status_code, first.json["secret"] != made.json["secret"]) == (200, True)
    assert first.json["old_until"]
    assert manager.post(asked, If_Match=made.headers["ETag"]).status_code == 412


def test_it_is_paused_runs_and_goes(manager, made):
    assert manager.post(f"{path(made)}/pause").json["paused_why"] == "by_hand"
    assert manager.post(f"{path(made)}/resume").json["paused_at"] is None
    assert manager.ask("DELETE", path(made)).status_code == 204
    assert manager.get(path(made)).status_code == 404


def test_its_deliveries_are_read_and_sent_again(site, manager, made, programs):
    manager.post(f"{path(made)}/pause")
    booked = site.clinic.book("alice")
    worker(site.clinic, Post()).drain()
    [found] = manager.get(f"{path(made)}/deliveries?status=failed").json["items"]
    assert (found["event"], found["appointment_id"], found["reason"]) == ("appointment.booked", booked.id, "paused")
    assert manager.post(f"{path(made)}/deliveries/resend").json == {"count": 1, "left": 0, "next_cursor": None}
    assert manager.post(f"{path(made)}/deliveries/{found['id']}/resend").status_code == 409
    assert manager.post(f"{path(made)}/deliveries/999/resend").status_code == 404


def resend(manager, made, **query):
    return manager.post(f"{path(made)}/deliveries/resend?{urlencode(query)}")


@pytest.fixture
def three_failed(site, manager, made):
    """Three visits, an hour between each, of which nobody heard: the moment of the second one."""
    manager.post(f"{path(made)}/pause")
    moments = []
    for who, place in (("alice", 0), ("bruno", 1), ("carla", 2)):
        moments.append(site.clinic.clock().isoformat())
        site.clinic.book(who, site.clinic.slot(place=place))
        worker(site.clinic, Post()).drain()
        site.clinic.clock.move(minutes=1)
    return moments[1]


def test_what_failed_since_a_moment_is_sent_again_and_counted(manager, made, three_failed):
    assert resend(manager, made, since=three_failed).json["count"] == 2
    assert resend(manager, made).json["count"] == 1
    assert resend(manager, made).json == {"count": 0, "left": 0, "next_cursor": None}


def test_so_many_at_once_and_the_rest_is_told(manager, made, three_failed):
    first = resend(manager, made, limit=2).json
    assert (first["count"], first["left"]) == (2, 1)
    rest = resend(manager, made, limit=2, cursor=first["next_cursor"]).json
    assert rest == {"count": 1, "left": 0, "next_cursor": None}
    assert resend(manager, made, limit=501).status_code == 400


def test_all_since_a_moment_is_told_again_once(site, manager, made, programs):
    since = site.clinic.clock().isoformat()
    for who, place in (("alice", 0), ("bruno", 1)):
        site.clinic.book(who, site.clinic.slot(place=place))
    worker(site.clinic, Post()).drain()
    sent(site, made)
    for _ in range(2):
        assert resend(manager, made, since=since, which="all").json["count"] == 2
        sent(site, made)
    assert len(programs.deliveries.page(made.json["id"], "sent")) == 6
    assert "messages.resent" in [one.action for one in site.clinic.audit.latest()]


def sent(site, made):
    """All that waits for it has arrived."""
    mine = (OutboxRow.subscription_id == made.json["id"], OutboxRow.status == "waiting")
    values = {"status": "sent", "due_at": None, "settled_at": site.clinic.clock()}
    site.clinic.database.change(update(OutboxRow).where(*mine).values(**values))


def test_all_wants_to_know_since_when(manager, made):
    reply = resend(manager, made, which="all")
    assert (reply.status_code, fields(reply)) == (422, ["since"])


def test_deleting_leaves_the_pause_and_the_end_in_the_audit(site, manager, made):
    manager.ask("DELETE", path(made))
    assert [one.action for one in site.clinic.audit.latest(3)][:2] == ["webhook.deleted", "webhook.paused"]


def test_a_trial_is_in_the_list_of_deliveries_which_comes_in_parts(site, manager, made):
    for _ in range(3):
        manager.post(f"{path(made)}/ping")
        site.clinic.clock.move(seconds=11)
    first = manager.get(f"{path(made)}/deliveries?limit=2").json
    rest = manager.get(f"{path(made)}/deliveries?limit=2&cursor={first['next_cursor']}").json
    assert [len(one["items"]) for one in (first, rest)] == [2, 1]
    assert (rest["next_cursor"], first["items"][0]["event"]) == (None, "ping")


@pytest.mark.parametrize("who", ["attendant", "doctor", "patient"])
def test_it_is_for_managers(site, who):
    assert Program(site, who).get("/webhooks").status_code == 403


def test_a_key_must_be_good_for_it(site):
    create, me = site.clinic.personal_tokens.create, site.user("manager")
    reads, other = (create(me, scope, [scope], 30)[1] for scope in ("webhooks:read", "users:read"))
    assert Program(site, token=reads).get("/webhooks").status_code == 200
    assert Program(site, token=reads).post("/webhooks", NEW).status_code == 403
    assert Program(site, token=other).get("/webhooks").status_code == 403
