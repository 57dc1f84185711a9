"""Names that are to be rendered."""

from datetime import date

from clinic.names import digest
from prompts.names import name_id


def test_a_name_has_the_same_id_here_and_in_the_prompts():
    for text in ("Marina Corrêa", "Marina Corre\u0302a", "  Marina   Corrêa "):
        assert f"name/{digest(text)}" == name_id(text) == name_id("Marina Corrêa")


def test_a_name_is_pending_until_it_is_rendered(clinic):
    clinic.names.need("Doutora Nova", "Doutora Nova")
    assert clinic.names.pending().count("Doutora Nova") == 1
    clinic.names.rendered("Doutora Nova")
    assert "Doutora Nova" not in clinic.names.pending()
    clinic.names.need("Doutora Nova")
    assert "Doutora Nova" not in clinic.names.pending()


def test_a_name_that_failed_waits_behind_the_others(clinic):
    [first, *_] = clinic.names.pending()
    clinic.names.failed(first)
    assert clinic.names.pending()[-1] == first


def test_the_name_behind_an_id(clinic):
    assert clinic.names.text(digest("Marina Corrêa")) == "Marina Corrêa"
    assert clinic.names.text("0" * 16) is None


def test_a_dependant_is_spoken_by_name(clinic):
    assert "Davi Ferreira" in clinic.names.pending()
    assert "Bruno Lima" not in clinic.names.pending()


def test_a_holiday_and_a_kind_of_the_clinics_own_are_to_be_said(clinic):
    clinic.closings.add(date(2026, 11, 24), "Aniversário da clínica")
    for code, name in (("ultrasound", "Ultrassom"), ("exam-2", "Exame de vista")):
        clinic.directory.add_kind(code, name, 30)
    waiting = clinic.names.pending()
    assert {"Aniversário da clínica", "Ultrassom", "Exame de vista"} <= set(waiting)
    assert "Primeira consulta" not in waiting
