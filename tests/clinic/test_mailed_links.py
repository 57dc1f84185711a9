"""Links sent by mail: for one purpose, once, and not for long; on every database."""

from concurrent.futures import ThreadPoolExecutor

import pytest
from sqlalchemy import select

from clinic.identities import Identity
from clinic.mailed_links import EnoughSent
from db.tables import MailedLink
from tests.admin_web.site import make_user

EMAIL = "manager@example.com"
NUMBER = "5511987654321"


@pytest.fixture
def clinic(any_clinic):
    return any_clinic


@pytest.fixture
def links(clinic):
    return clinic.mailed_links


@pytest.fixture
def user(clinic):
    return make_user(clinic, "manager")


def test_a_link_says_whose_it_is_and_works_once(links, user):
    token = links.make(user, "reset", EMAIL)
    found = links.use(token, "reset")
    assert (found.user_id, found.email, found.purpose) == (user, EMAIL, "reset")
    assert links.use(token, "reset") is None


def test_to_look_uses_nothing_up(links, user):
    token = links.make(user, "reset", EMAIL)
    assert [links.look(token, "reset") is not None for _ in range(3)] == [True] * 3


def test_a_link_is_for_its_purpose_alone(links, user):
    assert links.use(links.make(user, "confirm", EMAIL), "reset", "invite") is None


@pytest.mark.parametrize(("purpose", "hours"), [("reset", 1), ("invite", 72), ("confirm", 48)])
def test_it_works_for_as_long_as_the_mail_says(clinic, links, user, purpose, hours):
    token = links.make(user, purpose, EMAIL)
    clinic.clock.move(hours=hours, seconds=-1)
    assert links.look(token, purpose)
    clinic.clock.move(seconds=1)
    assert links.look(token, purpose) is None


def test_of_several_only_the_last_one_works(links, user):
    first, second = (links.make(user, "reset", EMAIL) for _ in range(2))
    assert (links.look(first, "reset"), links.look(second, "reset") is not None) == (None, True)


def test_who_is_out_gets_in_by_no_link(clinic, links, user):
    make_user(clinic, "admin")
    token = links.make(user, "reset", EMAIL)
    clinic.users.set_active(user, False, by="system")
    assert links.use(token, "reset") is None


def test_a_link_to_what_names_them_no_more_opens_nothing(clinic, links, user):
    kept, gone = links.make(user, "confirm", "other@example.com"), links.make(user, "reset", EMAIL)
    clinic.users.remove_identity(user, Identity("email", EMAIL), by="system")
    assert [links.look(one, "reset", "confirm") is not None for one in (kept, gone)] == [True, False]


def test_the_link_itself_is_not_kept(clinic, links, user):
    token = links.make(user, "reset", EMAIL)
    assert token not in [row.digest for row in clinic.database.rows(select(MailedLink.digest))]


def test_of_two_at_once_one_gets_it(served_clinic):
    token = served_clinic.mailed_links.make(make_user(served_clinic, "manager"), "reset", EMAIL)
    with ThreadPoolExecutor(5) as pool:
        found = list(pool.map(lambda _: served_clinic.mailed_links.use(token, "reset"), range(5)))
    assert sum(one is not None for one in found) == 1


def test_old_links_are_forgotten(clinic, links, user):
    links.make(user, "reset", EMAIL)
    clinic.clock.move(days=31)
    assert (links.forget_old(), links.forget_old()) == (1, 0)


def test_a_link_by_sms_is_short_and_says_what_it_shows(links, user):
    token = links.make(user, "invite", NUMBER)
    assert len(token) == 22
    assert links.use(token, "invite").identity == Identity("phone", NUMBER)


def test_a_telephone_gets_three_links_a_day(clinic, links, user):
    tokens = [links.make(user, "invite", NUMBER) for _ in range(3)]
    with pytest.raises(EnoughSent):
        links.make(user, "reset", NUMBER)
    assert links.look(tokens[-1], "invite")
    clinic.clock.move(hours=24, seconds=1)
    assert links.make(user, "reset", NUMBER)


def test_not_even_many_at_once_get_more(served_clinic):
    user = make_user(served_clinic, "manager")

    def ask(_):
        try:
            return served_clinic.mailed_links.make(user, "reset", NUMBER)
        except EnoughSent:
            return None

    with ThreadPoolExecutor(5) as pool:
        assert sum(one is not None for one in pool.map(ask, range(8))) == 3


def test_a_mail_costs_nothing(links, user):
    assert all(links.make(user, "reset", EMAIL) for _ in range(5))
