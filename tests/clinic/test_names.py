"""Names that are to be rendered."""

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
