"""Finding a doctor: filters, order, prices, times, and how many queries it takes."""

from datetime import time

import pytest

from clinic.agenda import HoursInput
from clinic.finding import PER_PAGE, Finder, Looking
from clinic.holds import Holds
from clinic.profile import Profiles
from clinic.roster import Rosters
from clinic.search import Search
from tests.clinic.counting import CountingDatabase


@pytest.fixture
def find(clinic):
    """The short names of those who fit, in the order they are shown."""
    names = {one: name for name, one in clinic.at.doctors.items()}
    return lambda **looking: [names[one.doctor.id] for one in clinic.portal.finder.find(Looking(**looking)).found]


def test_everybody_who_is_announced_is_found_once_the_earliest_first(find):
    found = find()
    assert (sorted(found), found[-1]) == (["marina", "paulo", "rita", "sergio"], "sergio")  # whose day is over


def test_a_specialist_without_rqe_is_not_announced_as_one(clinic, find):
    assert set(find(specialty_id=clinic.at.specialties["cardiology"])) == {"paulo", "rita"}


def test_unit_payer_and_modality_matter(clinic, find):
    assert find(unit_id=clinic.at.units["norte"]) == ["rita"]
    assert find(payer_id=clinic.at.payers["saude"]) == ["marina"]
    assert find(modality="video") == []


def test_who_is_too_dear_or_has_no_price_is_left_out(clinic, find):
    assert set(find(most_cents=35_000)) == {"marina", "paulo", "rita"}
    assert find(most_cents=20_000) == []


def test_times_are_long_enough_for_a_first_visit(any_clinic):
    clinic = any_clinic
    first, second = clinic.slot("marina"), clinic.slot("marina", place=1)
    clinic.book("bruno", second)
    [marina] = [one for one in clinic.portal.finder.find(Looking()).found if one.doctor.name == "Marina Corrêa"]
    assert first.id not in {slot.id for slot in marina.times}
    assert len(marina.times) == 3


def test_a_time_somebody_keeps_is_not_shown(clinic):
    first = clinic.slot("marina")
    clinic.bookings.hold(first, by="somebody")
    shown = {slot.id for one in clinic.portal.finder.find(Looking()).found for slot in one.times}
    assert first.id not in shown


def test_times_where_the_payer_is_not_taken_are_not_shown(clinic):
    clinic.directory.accept(clinic.at.doctors["rita"], clinic.at.payers["saude"], [clinic.at.units["centro"]])
    found = clinic.portal.finder.find(Looking(payer_id=clinic.at.payers["saude"])).found
    assert all(slot.unit_id == clinic.at.units["centro"] for one in found for slot in one.times)


def more_doctors(clinic, count):
    """Who works every weekday in the afternoon, in general practice."""
    general, norte = clinic.at.specialties["general"], clinic.at.units["norte"]
    for place in range(count):
        new = clinic.directory.add_doctor(f"Médico {place:02}", "doutor", f"9{place:03}", "SP", {general: None})
        clinic.agenda.set_hours(new, [HoursInput(norte, 1, time(14), time(18))])


def counted(clinic):
    """How many queries the list takes once the directory is in memory."""
    database = CountingDatabase(str(clinic.database.url))
    profiles, rosters = Profiles(database, clinic.clock), Rosters(database)
    finder = Finder(Search(database), rosters, profiles, Holds(database, profiles, clinic.clock), clinic.clock)
    finder.find(Looking(unit_id=clinic.at.units["norte"]))
    database.asked.clear()
    finder.find(Looking())
    asked = len(database.asked)
    database.close()
    return asked


def test_the_number_of_queries_does_not_grow_with_the_doctors(clinic):
    few = counted(clinic)
    more_doctors(clinic, 20)
    assert counted(clinic) == few <= 3


def test_a_long_list_has_pages(clinic):
    more_doctors(clinic, PER_PAGE)
    first, second = (clinic.portal.finder.find(Looking(), page) for page in (1, 2))
    assert (first.count, first.more, second.more) == (PER_PAGE + 4, True, False)
    assert len({one.doctor.id for listed in (first, second) for one in listed.found}) == PER_PAGE + 4


def test_one_doctor_is_shown_as_announced(clinic):
    paulo = clinic.portal.finder.one(clinic.at.doctors["paulo"])
    assert paulo.specialties == (("Clínica geral", None), ("Cardiologia", "5511"))
    assert clinic.portal.finder.one(99999) is None
