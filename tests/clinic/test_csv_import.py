"""Files of patients: read, tried, carried out, taken back."""

import tracemalloc
from datetime import date

import pytest
from sqlalchemy import select

from clinic.csv_import.columns import COLUMNS, SORTS, example
from clinic.csv_import.patients import OTHER_BIRTH
from clinic.csv_import.reading import MOST_LINES, Unreadable, read
from clinic.csv_import.verdicts import ODD
from db.tables import Import, Patient, PatientPhone
from tests.clinic.csv_lists import BY, MARIA, PATIENTS, count, done, patient, problems, tried, undone
from tests.clinic.small_clinic import CPF


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


def test_a_file_of_far_too_many_lines_takes_little_memory():
    content = b"nome;nascimento\n" + b"a;b\n" * (10 * MOST_LINES)
    tracemalloc.start()
    try:
        with pytest.raises(Unreadable, match=r"São 100\.000 linhas, e cabem 10\.000 de uma vez"):
            read(content, "patients")
        assert tracemalloc.get_traced_memory()[1] < 15_000_000
    finally:
        tracemalloc.stop()


def test_nothing_unseen_gets_into_the_name_of_a_file(clinic):
    one = clinic.csv_imports.try_out("patients", "\u202evsc.\x07atsil.csv", f"{PATIENTS}\n{MARIA}".encode(), BY)
    assert clinic.csv_imports.get(one).file_name == "vsc.atsil.csv"


def test_a_cell_that_is_too_long_is_told_with_its_line():
    content = b"nome;nascimento\na;b\n" + b"c" * 131_073 + b";d\n"
    with pytest.raises(Unreadable, match=r"Na linha 3 há uma célula com mais de 131\.072 letras"):
        read(content, "patients")


@pytest.mark.parametrize("sort", SORTS)
def test_examples_can_be_read_and_have_every_column(sort):
    file = read(example(sort), sort)
    assert set(file.rows[0].cells) == {one.name for one in COLUMNS[sort]}
    assert file.ignored == ()


@pytest.mark.parametrize("separator", ";,\t")
def test_a_line_that_only_names_the_separator_is_no_heading(separator):
    file = read(f"sep={separator}\n{PATIENTS}\n{MARIA}".replace(";", separator).encode(), "patients")
    assert [(row.line, row.cells["nome"]) for row in file.rows] == [(3, "Maria de Souza")]


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
        ("Ana Lima;168.995.350-09;31/02/1980;", "nascimento", "Este dia não existe no calendário."),
        ("Ana Lima;168.995.350-09;abril de 1980;", "nascimento", "Escreva a data como 05/04/1980."),
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
