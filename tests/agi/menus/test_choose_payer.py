"""Call-flow 4.3: who pays."""

from sqlalchemy import select

from db.tables import Appointment
from tests.agi.menus.talking import ALICE, BRUNO, heard_name, in_order, talk
from tests.clinic.small_clinic import BORN

GENERAL = ("1", "1")


def test_particular_is_two_and_a_plan_is_three(clinic):
    call = talk(clinic, *BRUNO, *GENERAL)
    assert in_order(call.heard, "choose/payer", "choose/private", "key/2", "choose/a-payer", "key/3")


def test_the_plan_on_file_is_one(clinic):
    clinic.patients.register(
        "Olga Reis", clinic.people["zeca"].birth_date, "39053344705", usual_payer_id=clinic.at.payers["saude"]
    )
    call = talk(clinic, "39053344705", "30061950", *GENERAL)
    assert in_order(call.heard, "choose/payer-on-file", "key/1", "choose/private", "key/2")
    assert heard_name(call, "Saúde Total")


def test_only_doctors_who_take_the_plan_are_offered(clinic):
    call = talk(clinic, *BRUNO, *GENERAL, "3", "1")
    assert call.trail[-1] == "choose_time"
    assert not heard_name(call, "Paulo Nogueira")


def test_it_is_not_asked_where_only_one_is_taken(clinic):
    assert "choose_payer" not in talk(clinic, *BRUNO, "1", "2", "2").trail


def test_a_clinic_that_does_not_ask_takes_what_is_on_file(clinic):
    clinic.profile.save(clinic.profile.get().model_copy(update={"ask_payer": False}))
    talk(clinic, *ALICE, "1", *GENERAL, "2", "1", "1")
    (booked,) = clinic.bookings.upcoming(clinic.people["alice"])
    assert booked.payer_id == clinic.at.payers["particular"]


def test_more_than_seven_plans_are_on_two_pages(clinic):
    for n in range(7):
        plan = clinic.directory.add_payer(f"Plano {n}", position=2 + n)
        clinic.directory.accept(clinic.at.doctors["marina"], plan, [clinic.at.units["centro"]])
    call = talk(clinic, *BRUNO, *GENERAL, "3", "8")
    assert in_order(call.heard, "choose/which-payer", "key/7", "common/more", "choose/which-payer", "key/1")
    assert heard_name(call, "Plano 6")


def test_another_plan_than_the_one_on_file_is_three(clinic):
    other = clinic.directory.add_payer("Vida Boa", position=2)
    clinic.directory.accept(clinic.at.doctors["marina"], other, [clinic.at.units["centro"]])
    clinic.patients.register("Olga Reis", BORN["zeca"], "39053344705", usual_payer_id=clinic.at.payers["saude"])
    call = talk(clinic, "39053344705", "30061950", *GENERAL, "3", "2", "1", "1")
    assert in_order(
        call.heard, "choose/payer-on-file", "choose/another-payer", "choose/which-payer", "booking/by-payer"
    )
    assert heard_name(call, "Vida Boa")


def test_a_plan_has_the_same_key_in_the_list_for_everybody(clinic):
    other = clinic.directory.add_payer("Vida Boa", position=2)
    clinic.directory.accept(clinic.at.doctors["marina"], other, [clinic.at.units["centro"]])
    clinic.patients.register("Olga Reis", BORN["zeca"], "39053344705", usual_payer_id=clinic.at.payers["saude"])
    for who in (BRUNO, ("39053344705", "30061950")):
        talk(clinic, *who, *GENERAL, "3", "2", "1", "1", uniqueid=who[0])
    rows = clinic.database.rows(select(Appointment.payer_id))
    assert [row.payer_id for row in rows] == [other, other]
