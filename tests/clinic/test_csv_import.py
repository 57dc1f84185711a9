"""Files of patients, doctors, hours and coming appointments: tried, carried out, taken back."""

from datetime import date

import pytest
from sqlalchemy import func, select, update

from clinic.csv_import.columns import COLUMNS, SORTS, example
from clinic.csv_import.patients import OTHER_BIRTH
from clinic.csv_import.reading import MOST_LINES, Unreadable, read
from clinic.csv_import.verdicts import ODD
from db.tables import Appointment, Doctor, Import, OutboxRow, Patient, PatientPhone, Slot, WorkingHours
from tests.clinic.outbox.posts import Post, worker
from tests.clinic.small_clinic import CPF

BY = "user:1"
MARIA = "Maria de Souza;168.995.350-09;05/04/1980;(11) 98888-7777"
PATIENTS = "nome;cpf;nascimento;telefones"
VISITS = "cpf;crm;uf;data;hora;tipo"
HOURS = "crm;uf;unidade;dia;inicio;fim"
DOCTORS = "nome;tratamento;crm;uf;especialidades;convenios"


def tried(clinic, sort, *lines):
    return clinic.csv_imports.try_out(sort, "lista.csv", "\n".join(lines).encode(), BY)


def done(clinic, sort, *lines):
    """Tried and carried out to the end."""
    one = tried(clinic, sort, *lines)
    clinic.csv_imports.start(one, BY)
    while clinic.csv_imports.get(one).status == "running":
        clinic.csv_imports.go_on()
    return one


def undone(clinic, one):
    clinic.csv_imports.undo(one, BY)
    while clinic.csv_imports.get(one).status == "undoing":
        clinic.csv_imports.go_on()
    return clinic.csv_imports.counts(one)


def count(clinic, table, *which):
    return clinic.database.first(select(func.count()).select_from(table).where(*which))[0]


def problems(clinic, one):
    return {info.line: info.problems for info in clinic.csv_imports.lines(one, 99, with_problems=True)}


def patient(clinic, cpf):
    return clinic.database.first(select(Patient).where(Patient.cpf == cpf))


# Files


def cells(content, sort="patients"):
    return read(content, sort).rows[0].cells


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "latin-1", "cp1252", "utf-16"])
@pytest.mark.parametrize("separator", [";", ",", "\t"])
def test_whatever_a_spreadsheet_calls_csv_is_read(encoding, separator):
    text = f"Nome{separator}Data de Nascimento\r\nConceição{separator}05/04/1980\r\n"
    assert cells(text.encode(encoding)) == {"nome": "Conceição", "nascimento": "05/04/1980"}


def test_windows_quotes_are_read():
    assert cells("nome;nascimento\n“Zé” – Júnior;x".encode("cp1252"))["nome"] == "“Zé” – Júnior"


def test_lines_are_counted_as_an_editor_counts_them():
    rows = read(b'\nnome;nascimento\n"a\nb";x\n\nc;y\n', "patients").rows
    assert [row.line for row in rows] == [3, 6]


def test_columns_nobody_knows_are_told():
    assert read(b"nome;nascimento;peso\na;b;80\n", "patients").ignored == ("peso",)


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"", "vazio"),
        (b" \n \n", "vazio"),
        (b"nome;nascimento\n", "nenhuma linha"),
        (b"nome;cpf\nAna;1\n", "faltam as colunas “nascimento”"),
        (b"nome;nome;nascimento\na;b;c\n", "mais de uma vez"),
        (b"PK\x03\x04rest", "não é um CSV"),
        (b"nome;nascimento\n\0;x\n", "não é um CSV"),
        (b'nome;nascimento\n"a;b\n', "aspas"),
        (b"nome;nascimento\n" + b"a;b\n" * (MOST_LINES + 1), "Divida o arquivo"),
    ],
)
def test_what_cannot_be_read_says_why(content, said):
    with pytest.raises(Unreadable, match=said):
        read(content, "patients")


@pytest.mark.parametrize("sort", SORTS)
def test_examples_can_be_read_and_have_every_column(sort):
    file = read(example(sort), sort)
    assert set(file.rows[0].cells) == {one.name for one in COLUMNS[sort]}
    assert file.ignored == ()


# Patients


def test_a_trial_does_nothing(clinic):
    before = count(clinic, Patient)
    one = tried(clinic, "patients", PATIENTS, MARIA)
    assert clinic.csv_imports.counts(one) == {("new", "waiting"): 1}
    assert count(clinic, Patient) == before


def test_a_new_patient_is_on_file(any_clinic):
    clinic = any_clinic
    one = done(clinic, "patients", PATIENTS, MARIA)
    assert {entry.action for entry in clinic.audit.latest(3)} == {"import.started"}
    found = clinic.desk.search.find("maria souza", "user:1")
    assert [(who.name, who.birth_date, who.phone) for who in found] == [
        ("Maria de Souza", date(1980, 4, 5), "5511988887777")
    ]
    assert clinic.csv_imports.counts(one) == {("new", "done"): 1}


def test_the_same_file_again_changes_nothing(clinic):
    first = done(clinic, "patients", PATIENTS, MARIA)
    again = tried(clinic, "patients", PATIENTS, MARIA)
    assert clinic.csv_imports.counts(again) == {("same", "waiting"): 1}
    assert clinic.csv_imports.before(clinic.csv_imports.get(again)).id == first


def test_started_twice_it_runs_once(clinic):
    one = done(clinic, "patients", PATIENTS, MARIA)
    assert not clinic.csv_imports.start(one, BY)
    assert count(clinic, Patient, Patient.name == "Maria de Souza") == 1


def test_what_is_empty_in_the_file_stays_and_numbers_are_added(clinic):
    done(clinic, "patients", PATIENTS + ";email", f"Alice F. Lima;{CPF['alice']};05/04/1980;11 3333-9999;")
    alice = clinic.people["alice"].id
    card = clinic.database.first(select(Patient.name, Patient.email).where(Patient.id == alice))
    assert tuple(card) == ("Alice F. Lima", "alice@example.com")
    assert count(clinic, PatientPhone, PatientPhone.patient_id == alice) == 2


@pytest.mark.parametrize(
    ("line", "column", "said"),
    [
        (";168.995.350-09;05/04/1980;", "nome", "Falta preencher."),
        ("=cmd();168.995.350-09;05/04/1980;", "nome", "Isto não parece um nome."),
        ("Ana Lima;168.995.350-08;05/04/1980;", "cpf", "O CPF não confere: um dígito está errado."),
        ("Ana Lima;;05/04/1980;", "cpf", "Falta preencher."),
        ("Ana Lima;168.995.350-09;31/02/1980;", "nascimento", "Escreva a data como 05/04/1980."),
        ("Ana Lima;168.995.350-09;05/04/2090;", "nascimento", "Esta data ainda não chegou."),
        ("Ana Lima;168.995.350-09;05/04/1980;123", "telefones", "Um dos telefones não confere. Escreva com DDD."),
        (f"Alice Ferreira;{CPF['alice']};06/04/1980;", "nascimento", OTHER_BIRTH),
        (f"{'x' * 10_000};168.995.350-09;05/04/1980;", "nome", "É comprido demais."),
        ("Ana;168.995.350-09;05/04/1980;;demais", "", ODD),
    ],
)  # fmt: skip
def test_what_is_wrong_is_told_by_line_and_column(clinic, line, column, said):
    assert problems(clinic, tried(clinic, "patients", PATIENTS, line)) == {2: {column: said}}


def test_a_cpf_twice_in_a_file_is_told(clinic):
    one = done(clinic, "patients", PATIENTS, MARIA, MARIA)
    assert problems(clinic, one) == {3: {"cpf": "Já está na linha 2 deste arquivo."}}
    assert clinic.csv_imports.counts(one) == {("new", "done"): 1, ("wrong", "waiting"): 1}


def test_a_dependant_has_a_guardian_above_or_on_file(clinic):
    head = "nome;cpf;nascimento;cpf_responsavel"
    lines = ("Maria de Souza;16899535009;05/04/1980;", "João de Souza;;12/09/2018;16899535009")
    done(clinic, "patients", head, *lines, f"Davi Ferreira;;12/09/2018;{CPF['alice']}", "Zé Só;;12/09/2018;27865457004")
    maria = patient(clinic, "16899535009")[0]
    assert count(clinic, Patient, Patient.guardian_id == maria) == 1
    assert count(clinic, Patient, Patient.name == "Davi Ferreira") == 1
    again = tried(clinic, "patients", head, *lines)
    assert clinic.csv_imports.counts(again) == {("same", "waiting"): 2}


def test_formulas_and_markup_are_text(clinic):
    done(clinic, "patients", PATIENTS, '"Ana <b>=SOMA(A1)</b>";16899535009;05/04/1980;')
    assert count(clinic, Patient, Patient.name == "Ana <b>=SOMA(A1)</b>") == 1


def test_somebody_registered_meanwhile_is_not_doubled(clinic):
    one = tried(clinic, "patients", PATIENTS, MARIA)
    clinic.patients.register("Maria de Souza", date(1980, 4, 5), "16899535009", phones=["11988887777"])
    clinic.csv_imports.start(one, BY)
    assert clinic.csv_imports.counts(one) == {("same", "done"): 1}


def test_an_undone_import_leaves_what_was(clinic):
    before = count(clinic, Patient), count(clinic, PatientPhone)
    alice = f"Alice F. Lima;{CPF['alice']};05/04/1980;11 3333-9999"
    one = done(clinic, "patients", PATIENTS, MARIA, alice)
    assert undone(clinic, one) == {("new", "undone"): 1, ("changed", "undone"): 1}
    assert (count(clinic, Patient), count(clinic, PatientPhone)) == before
    assert clinic.patients.get(clinic.people["alice"].id).name == "Alice Ferreira"


def test_what_somebody_has_worked_with_stays_and_is_told(clinic):
    one = done(clinic, "patients", PATIENTS, MARIA, "Ana Lima;39053344705;01/02/1990;")
    clinic.people["maria"] = clinic.patients.get(clinic.desk.search.find("maria de souza", "user:1")[0].id)
    clinic.book("maria")
    assert undone(clinic, one) == {("new", "kept"): 1, ("new", "undone"): 1}
    assert problems(clinic, one) == {2: {"": "Já tem consultas."}}
    del clinic.people["maria"]


def test_long_files_go_on_behind_the_page_and_after_a_restart(clinic):
    lines = [f"Filho {chr(65 + n % 26)}{chr(65 + n // 26)};;01/01/2020;{CPF['alice']}" for n in range(250)]
    one = tried(clinic, "patients", "nome;cpf;nascimento;cpf_responsavel", *lines)
    clinic.csv_imports.start(one, BY)
    assert clinic.csv_imports.counts(one) == {("new", "done"): 100, ("new", "waiting"): 150}
    clinic.csv_imports.go_on()
    assert clinic.csv_imports.counts(one) == {("new", "done"): 250}
    assert clinic.csv_imports.get(one).status == "done"


def test_old_lines_are_forgotten(clinic):
    tried(clinic, "patients", PATIENTS, MARIA)
    kept = done(clinic, "patients", PATIENTS, MARIA)
    clinic.clock.move(days=40)
    assert clinic.csv_imports.forget_old() == 2
    assert [one.id for one in clinic.csv_imports.latest()] == [kept]
    assert count(clinic, Import) == 1


# Doctors


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
        (";Dra.;52341;SP;Clínica geral;", "nome"),
    ],
)  # fmt: skip
def test_a_doctor_that_cannot_be_is_told(clinic, line, column):
    assert set(problems(clinic, tried(clinic, "doctors", DOCTORS, line))[2]) == {column}


# Hours


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


# Appointments

TUESDAY_NINE = f"{CPF['bruno']};101;SP;24/11/2026;09:00;Consulta"


def test_an_appointment_takes_its_time(any_clinic):
    clinic = any_clinic
    one = done(clinic, "visits", VISITS, TUESDAY_NINE)
    assert clinic.csv_imports.counts(one) == {("new", "done"): 1}
    [visit] = clinic.bookings.upcoming(clinic.people["bruno"])
    assert (visit.status, visit.doctor_id, visit.starts_at.hour) == ("booked", clinic.at.doctors["marina"], 12)
    assert count(clinic, Slot, Slot.appointment_id == visit.id) == 1


def test_a_long_visit_takes_all_its_slots(clinic):
    done(clinic, "visits", VISITS, TUESDAY_NINE.replace("Consulta", "Primeira consulta"))
    [visit] = clinic.bookings.upcoming(clinic.people["bruno"])
    assert count(clinic, Slot, Slot.appointment_id == visit.id) == 2


def test_a_visit_that_stands_already_is_not_doubled(clinic):
    done(clinic, "visits", VISITS, TUESDAY_NINE)
    assert clinic.csv_imports.counts(done(clinic, "visits", VISITS, TUESDAY_NINE)) == {("same", "waiting"): 1}
    assert count(clinic, Appointment) == 1


@pytest.mark.parametrize(
    ("line", "column"),
    [
        (TUESDAY_NINE.replace("09:00", "09:10"), "hora"), (TUESDAY_NINE.replace("24/11", "22/11"), "hora"),
        (TUESDAY_NINE.replace("Consulta", "Retorno"), "tipo"), (TUESDAY_NINE.replace("Consulta", "Nada"), "tipo"),
        (TUESDAY_NINE.replace(CPF["bruno"], "16899535009"), "cpf"),
        (TUESDAY_NINE.replace("24/11/2026", "ontem"), "data"),
        (TUESDAY_NINE.replace("24/11/2026", "23/11/2020"), "hora"),
    ],
)  # fmt: skip
def test_a_visit_without_free_time_is_told(clinic, line, column):
    assert list(problems(clinic, tried(clinic, "visits", VISITS, line))[2]) == [column]


def test_of_two_lines_for_a_time_the_first_has_it(clinic):
    one = done(clinic, "visits", VISITS, TUESDAY_NINE, TUESDAY_NINE.replace(CPF["bruno"], CPF["alice"]))
    assert list(problems(clinic, one)) == [3]


def test_time_taken_since_the_trial_is_told(clinic):
    one = tried(clinic, "visits", VISITS, TUESDAY_NINE)
    clinic.book(
        "alice",
        next(
            s
            for s in clinic.agenda.next_free(clinic.criteria(doctor="marina"), limit=20)
            if s.starts_at.day == 24 and s.starts_at.hour == 12
        ),
    )
    clinic.csv_imports.start(one, BY)
    assert clinic.csv_imports.counts(one) == {("wrong", "failed"): 1}
    assert problems(clinic, one) == {2: {"hora": "O médico não tem este horário livre."}}


def test_an_appointment_is_taken_back_without_trace(clinic):
    one = done(clinic, "visits", VISITS, TUESDAY_NINE)
    assert undone(clinic, one) == {("new", "undone"): 1}
    assert (count(clinic, Appointment), count(clinic, Slot, Slot.status != "free")) == (0, 0)
    assert clinic.csv_imports.counts(tried(clinic, "visits", VISITS, TUESDAY_NINE)) == {("new", "waiting"): 1}


def test_an_appointment_whose_reminder_went_out_stays(clinic):
    one = done(clinic, "visits", VISITS, TUESDAY_NINE)
    worker(clinic, Post()).drain()
    clinic.database.change(update(OutboxRow).where(OutboxRow.kind == "reminder").values(status="sent"))
    assert undone(clinic, one) == {("new", "kept"): 1}


def test_nothing_waits_to_be_told_of_an_appointment_that_was_taken_back(clinic):
    one = done(clinic, "visits", VISITS, TUESDAY_NINE)
    worker(clinic, Post()).drain()
    undone(clinic, one)
    assert count(clinic, OutboxRow, OutboxRow.status == "waiting") == 0
    assert count(clinic, OutboxRow, OutboxRow.reason == "gone") > 0


def test_an_appointment_that_was_confirmed_stays(clinic):
    one = done(clinic, "visits", VISITS, TUESDAY_NINE)
    clinic.desk.bookings.confirm_for(clinic.bookings.upcoming(clinic.people["bruno"])[0].id)
    assert undone(clinic, one) == {("new", "kept"): 1}
