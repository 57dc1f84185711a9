"""What the tests of imports share: lists, tried, carried out and taken back."""

from sqlalchemy import func, select

from db.tables import Patient

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
