"""Files of doctors and of their hours."""

import pytest
from sqlalchemy import update

from db.tables import Doctor, Slot, WorkingHours
from tests.clinic.csv_lists import BY, DOCTORS, HOURS, count, done, problems, tried, undone


def test_a_doctor_has_specialties_and_payers(clinic):
    done(clinic, "doctors", DOCTORS, "Helena Prado;Dra.;52341;sp;Cardiologia:777|clinica geral;particular")
    [helena] = [one for one in clinic.editing.records("doctor") if one["crm"] == "52341"]
    at = clinic.at
    assert clinic.editing.specialties_of(helena["id"]) == {
        at.specialties["cardiology"]: "777",
        at.specialties["general"]: None,
    }
    assert len(clinic.editing.payers_of(helena["id"])) == 2
    assert "Helena Prado" in clinic.names.pending()


def test_a_doctor_on_file_is_changed_and_taken_back(clinic):
    marina = clinic.at.doctors["marina"]
    before = clinic.editing.record("doctor", marina), clinic.editing.specialties_of(marina)
    one = done(clinic, "doctors", DOCTORS, "Marina C. Lopes;doutora;101;SP;Cardiologia:9;Particular")
    assert clinic.csv_imports.counts(one) == {("changed", "done"): 1}
    assert clinic.editing.specialties_of(marina)[clinic.at.specialties["cardiology"]] == "9"
    undone(clinic, one)
    assert (clinic.editing.record("doctor", marina), clinic.editing.specialties_of(marina)) == before


def test_nothing_unseen_gets_into_a_doctors_name(clinic):
    done(clinic, "doctors", DOCTORS, "\u202eHelena\u200f\x07  Prado;Dra.;52341;SP;Cardiologia;")
    [helena] = [one for one in clinic.editing.records("doctor") if one["crm"] == "52341"]
    assert helena["name"] == "Helena Prado"


def test_a_file_leaves_the_weight_alone(clinic):
    marina = clinic.at.doctors["marina"]
    clinic.database.change(update(Doctor).where(Doctor.id == marina).values(weight=3))
    done(clinic, "doctors", DOCTORS, "Marina C. Lopes;doutora;101;SP;Cardiologia:9;", "Eva;Dra.;52341;SP;Cardiologia;")
    weights = {one["name"]: one["weight"] for one in clinic.editing.records("doctor")}
    assert (weights["Marina C. Lopes"], weights["Eva"]) == (3, 1)


def test_a_doctor_with_hours_is_not_taken_back(clinic):
    one = done(clinic, "doctors", DOCTORS, "Helena Prado;Dra.;52341;SP;Clínica geral;")
    hours = done(clinic, "hours", HOURS, "52341;SP;Centro;segunda;08:00;12:00")
    clinic.csv_imports.undo(one, BY)
    assert problems(clinic, one)[2] in ({"": "Já tem horários."}, {"": "Já tem vagas."})
    assert undone(clinic, hours) == {("new", "undone"): 1}


def test_a_doctor_without_trace_is_taken_back(clinic):
    before = count(clinic, Doctor)
    assert undone(clinic, done(clinic, "doctors", DOCTORS, "Helena Prado;Dra.;52341;SP;Clínica geral;")) == {
        ("new", "undone"): 1
    }
    assert count(clinic, Doctor) == before


@pytest.mark.parametrize(
    ("line", "column"),
    [
        ("Helena;Dra.;5x;SP;Clínica geral;", "crm"), ("Helena;Dra.;52341;XX;Clínica geral;", "uf"),
        ("Helena;senhora;52341;SP;Clínica geral;", "tratamento"), ("Helena;Dra.;52341;SP;Magia;", "especialidades"),
        ("Helena;Dra.;52341;SP;Cardiologia:x;", "especialidades"),
        ("Helena;Dra.;52341;SP;Clínica geral;Nenhum", "convenios"),
        (";Dra.;52341;SP;Clínica geral;", "nome"), ("=1+1;Dra.;52341;SP;Clínica geral;", "nome"),
        ("😀 🤖;Dra.;52341;SP;Clínica geral;", "nome"),
    ],
)  # fmt: skip
def test_a_doctor_that_cannot_be_is_told(clinic, line, column):
    assert set(problems(clinic, tried(clinic, "doctors", DOCTORS, line))[2]) == {column}


def test_hours_make_free_time_and_go_again(any_clinic):
    clinic = any_clinic
    rita = clinic.at.doctors["rita"]
    before = count(clinic, Slot, Slot.doctor_id == rita)
    one = done(
        clinic,
        "hours",
        HOURS + ";modalidade",
        "103;SP;Santana;Terça-feira;13h;17:30;vídeo",
        "103;SP;santana;qua;13:00;14:00;",
    )
    assert count(clinic, WorkingHours, WorkingHours.doctor_id == rita) == 7
    assert count(clinic, Slot, Slot.doctor_id == rita) > before
    assert undone(clinic, one) == {("new", "undone"): 2}
    assert count(clinic, Slot, Slot.doctor_id == rita) == before


@pytest.mark.parametrize(
    ("line", "column"),
    [
        ("101;SP;Centro;segunda;11:00;13:00", "inicio"), ("999;SP;Centro;segunda;13:00;14:00", "crm"),
        ("101;SP;Lua;segunda;13:00;14:00", "unidade"), ("101;SP;Centro;feriado;13:00;14:00", "dia"),
        ("101;SP;Centro;segunda;25:00;26:00", "inicio"), ("101;SP;Centro;segunda;14:00;13:00", "fim"),
    ],
)  # fmt: skip
def test_hours_that_cannot_be_are_told(clinic, line, column):
    assert column in problems(clinic, tried(clinic, "hours", HOURS, line))[2]


def test_hours_are_written_behind_the_page_from_the_first_line_on(clinic):
    one = tried(clinic, "hours", HOURS, "103;SP;Santana;segunda;14:00;15:00")
    clinic.csv_imports.start(one, BY)
    assert clinic.csv_imports.counts(one) == {("new", "waiting"): 1}
    assert clinic.csv_imports.go_on() == 1


def test_hours_that_stand_already_are_the_same(clinic):
    assert clinic.csv_imports.counts(tried(clinic, "hours", HOURS, "101;SP;Centro;seg;08:00;12:00")) == {
        ("same", "waiting"): 1
    }


def test_hours_of_a_file_do_not_overlap(clinic):
    lines = ("101;SP;Centro;segunda;13:00;15:00", "101;SP;Centro;segunda;14:00;16:00")
    assert list(problems(clinic, tried(clinic, "hours", HOURS, *lines))) == [3]


def test_hours_with_bookings_stay(clinic):
    one = done(clinic, "hours", HOURS, "103;SP;Santana;segunda;14:00;15:00")
    slots = clinic.agenda.next_free(clinic.criteria("cardiology", "rita"), limit=200)
    zone = clinic.units.get(clinic.at.units["norte"]).tz
    at_two = next(slot for slot in slots if slot.starts_at.astimezone(zone).hour == 14)
    clinic.book("bruno", at_two, specialty="cardiology")
    assert undone(clinic, one) == {("new", "kept"): 1}
