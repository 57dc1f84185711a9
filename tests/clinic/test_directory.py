"""Who and what is offered, in fixed orders."""

from datetime import timedelta

import pytest

from clinic.agenda import Criteria


def names(found):
    return [one.name for one in found]


def test_specialties_are_offered_in_their_order(clinic):
    assert names(clinic.directory.specialties()) == ["Clínica geral", "Cardiologia", "Eletrocardiograma"]


def test_a_specialty_nobody_may_be_announced_for_is_not_offered(clinic):
    clinic.directory.add_specialty("Neurologia")
    assert "Neurologia" not in names(clinic.directory.specialties())


def test_an_exam_that_patients_may_not_book_is_not_offered_to_them(clinic):
    kind = clinic.directory.add_kind("surgery", "Cirurgia", 120, bookable_by=["desk"])
    added = clinic.directory.add_specialty("Cirurgia", needs_rqe=False, kind_id=kind)
    clinic.directory.add_doctor("Ana Reis", "doutora", "200", "SP", {added: None})
    assert "Cirurgia" not in names(clinic.directory.specialties())
    assert "Cirurgia" in names(clinic.directory.specialties(by="desk"))


def test_without_rqe_nobody_is_announced_as_specialist(clinic):
    assert names(clinic.directory.doctors(clinic.criteria("cardiology"))) == ["Paulo Nogueira", "Rita Sampaio"]


def test_general_practice_needs_no_rqe(clinic):
    assert names(clinic.directory.doctors(clinic.criteria())) == ["Marina Corrêa", "Paulo Nogueira"]


def test_what_has_nothing_free_keeps_its_place_and_says_so(clinic):
    start = clinic.clock()
    clinic.agenda.add_absence(clinic.at.doctors["sergio"], start, start + timedelta(days=200))
    assert [one.has_free for one in clinic.directory.specialties()] == [True, True, False]
    clinic.agenda.add_absence(clinic.at.doctors["paulo"], start, start + timedelta(days=200))
    assert [one.has_free for one in clinic.directory.doctors(clinic.criteria("cardiology"))] == [False, True]


def test_a_doctor_who_left_is_not_offered(clinic):
    clinic.directory.set_active(clinic.at.doctors["marina"], active=False)
    assert names(clinic.directory.doctors(clinic.criteria())) == ["Paulo Nogueira"]


def test_doctors_fit_the_payer_and_the_unit(clinic):
    saude, norte = clinic.at.payers["saude"], clinic.at.units["norte"]
    assert names(clinic.directory.doctors(clinic.criteria(payer_id=saude))) == ["Marina Corrêa"]
    assert names(clinic.directory.doctors(clinic.criteria("cardiology", unit_id=norte))) == ["Rita Sampaio"]
    assert clinic.directory.doctors(clinic.criteria(modality="video")) == []


def test_units_payers_and_modalities_are_those_of_the_specialty(clinic):
    cardiology, general = clinic.at.specialties["cardiology"], clinic.at.specialties["general"]
    assert names(clinic.directory.units_for(cardiology)) == ["Centro", "Santana"]
    assert names(clinic.directory.payers_for(cardiology)) == ["Particular"]
    assert names(clinic.directory.payers_for(general, clinic.at.units["centro"])) == ["Particular", "Saúde Total"]
    assert clinic.directory.payers_for(general, clinic.at.units["norte"]) == []
    assert clinic.directory.modalities_for(general) == ["in_person"]


def test_a_first_visit_is_longer(clinic):
    alice, marina = clinic.people["alice"], clinic.at.doctors["marina"]
    general = clinic.at.specialties["general"]
    assert clinic.directory.kind_for(alice, marina, general).code == "first"
    clinic.book("alice")
    assert clinic.directory.kind_for(alice, marina, general).code == "consultation"
    assert clinic.directory.kind_for(alice, None, general).code == "first"


def test_an_exam_is_an_exam(clinic):
    kind = clinic.directory.kind_for(clinic.people["alice"], None, clinic.at.specialties["ecg"])
    assert (kind.code, kind.preparation) == ("exam", "Venha em jejum de oito horas.")


def test_prices_are_of_the_doctor_and_the_kind(clinic):
    marina, kinds = clinic.at.doctors["marina"], clinic.at.kinds
    assert clinic.directory.price(marina, kinds["consultation"]) == 35_000
    assert clinic.directory.price(marina, kinds["exam"]) is None


@pytest.mark.parametrize("lookup", ["doctor", "specialty", "payer", "kind"])
def test_what_is_not_there_is_a_key_error(clinic, lookup):
    with pytest.raises(KeyError):
        getattr(clinic.directory, lookup)(999)


def test_an_unknown_specialty_has_nobody(clinic):
    assert clinic.directory.doctors(Criteria(999)) == []


def test_a_name_that_is_saved_is_to_be_spoken(clinic):
    assert {"Marina Corrêa", "Centro", "Rua Quinze de Novembro, 120", "Cardiologia", "Particular"} <= set(
        clinic.names.pending()
    )
