"""/conta/chaves: keys by which another system acts in one's name."""

import re
from datetime import timedelta

import pytest

from clinic.personal_tokens import SCOPES
from tests.admin_web.forms import as_shown, send

PAGE = "/conta/chaves"
FORM = {"name": "BI", "scope": ["appointments:read", "directory:read"], "days": "90"}


@pytest.fixture
def mine(site):
    browser = site.client("manager")
    browser.get(PAGE)
    return browser


@pytest.fixture
def me(site):
    return site.user("manager")


def secret(page):
    return re.search(r'value="(alo_[\w-]{43})"', page)[1]


def keys(site, who):
    return site.clinic.personal_tokens.list(who)


def test_who_has_none_is_told_what_they_are_for(mine):
    assert "Nenhuma chave" in mine.get(PAGE).text


def test_ones_account_leads_there(mine):
    assert f'href="{PAGE}"' in mine.get("/conta").text


def test_a_key_is_made_and_shown_once(site, mine, me):
    made = send(mine, PAGE, FORM)
    shown = secret(made.text)
    bearer = site.clinic.personal_tokens.bearer(shown)
    assert (made.status_code, bearer.viewer.user_id, bearer.scopes) == (
        201,
        me,
        {"appointments:read", "directory:read"},
    )
    assert shown not in mine.get(PAGE).text


def test_it_opens_the_api_for_what_was_ticked(site, mine):
    key = {"Authorization": f"Bearer {secret(send(mine, PAGE, FORM).text)}"}
    program = site.client(None)
    asked = [program.get(f"/api/v1/{what}", headers=key).status_code for what in ("specialties", "patients")]
    assert asked == [200, 403]


def test_it_counts_as_long_as_was_chosen(site, mine, me):
    send(mine, PAGE, FORM, days="30")
    [key] = keys(site, me)
    assert key.expires_at - key.created_at == timedelta(days=30)


def test_three_months_are_proposed_and_nothing_is_ticked(mine):
    shown = as_shown(mine.get(PAGE).text)
    assert (shown["days"], shown.get("scope")) == (["90"], None)


def test_each_key_says_what_it_may_and_until_when(site, mine):
    send(mine, PAGE, FORM)
    page = mine.get(PAGE).text
    assert "ver consultas" in page
    assert "ainda não foi usada" in page
    assert re.search(r"vale até \d\d/\d\d/20\d\d", page)


def test_when_it_was_last_used_is_shown(site, mine, me):
    site.clinic.personal_tokens.bearer(secret(send(mine, PAGE, FORM).text))
    assert "ainda não foi usada" not in mine.get(PAGE).text


@pytest.mark.parametrize(
    ("typed", "field", "says"),
    [
        ({"name": " "}, "name", "Falta o nome"), ({"name": "x" * 81}, "name", "Cabe até 80 letras"),
        ({"scope": []}, "scope", "Escolha"), ({"scope": ["x:y"]}, "scope", "Escolha"),
        ({"days": "9999"}, "days", "Escolha"), ({"days": "x"}, "days", "Escolha"),
    ],
)  # fmt: skip
def test_what_is_wrong_is_told_at_the_field(site, mine, me, typed, field, says):
    reply = send(mine, PAGE, {**FORM, **typed})
    assert (reply.status_code, says in reply.text, keys(site, me)) == (422, True, [])
    assert f'id="f-{field}' in reply.text


def test_what_was_typed_stays(mine):
    shown = as_shown(send(mine, PAGE, FORM, name="").text)
    assert (shown["scope"], shown["days"]) == (FORM["scope"], ["90"])


def test_the_same_form_sent_twice_makes_one_key(site, mine, me):
    again = [send(mine, PAGE, FORM) for _ in range(2)][1]
    assert (again.status_code, len(keys(site, me))) == (422, 1)
    assert "já tem uma chave com este nome" in again.text


def test_there_is_an_end_to_how_many(site, mine, me):
    for number in range(50):
        site.clinic.personal_tokens.create(me, f"n{number}", ["users:read"], 1)
    reply = send(mine, PAGE, FORM)
    assert (reply.status_code, "Revogue" in reply.text) == (409, True)


def test_a_key_is_revoked_after_a_question(site, mine, me):
    shown = secret(send(mine, PAGE, FORM).text)
    path = f"{PAGE}/{keys(site, me)[0].id}/revogar"
    assert "BI" in mine.get(path).text
    assert site.clinic.personal_tokens.bearer(shown)
    assert send(mine, path).location == PAGE
    assert site.clinic.personal_tokens.bearer(shown) is None


def test_nobody_sees_or_revokes_anothers(site, mine):
    other = site.user("admin")
    site.clinic.personal_tokens.create(other, "Outra", ["users:read"], 1)
    path = f"{PAGE}/{keys(site, other)[0].id}/revogar"
    assert "Outra" not in mine.get(PAGE).text
    assert [mine.get(path).status_code, send(mine, path).status_code, len(keys(site, other))] == [404, 404, 1]


def test_what_is_done_is_in_the_audit_without_the_key(site, mine, me):
    shown = secret(send(mine, PAGE, FORM).text)
    send(mine, f"{PAGE}/{keys(site, me)[0].id}/revogar")
    entries = site.clinic.audit.latest()
    assert {("token.created", f"user:{me}"), ("token.revoked", f"user:{me}")} <= {(e.action, e.actor) for e in entries}
    assert shown not in str(entries)


@pytest.mark.parametrize(
    ("who", "offered"), [("manager", set(SCOPES)), ("patient", {"users:write", "schedules:write"})]
)
def test_only_what_a_role_could_use_is_offered(site, who, offered):
    shown = set(re.findall(r'name="scope" value="([^"]+)"', site.client(who).get(PAGE).text))
    assert shown == offered if who == "manager" else not shown & offered and "appointments:read" in shown


def test_a_hostile_name_is_text(mine):
    send(mine, PAGE, FORM, name="<script>alert(1)</script>")
    assert "<script>alert" not in mine.get(PAGE).text
