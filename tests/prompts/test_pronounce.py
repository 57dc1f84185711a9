import pytest

from prompts.pronounce import spoken


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("Digite o CPF.", "Digite o cê pê efe."),
        ("ligue um nove dois, SAMU", "ligue um nove dois, sâmu"),
        ("Dra. Marina e Dr. Otávio", "doutora Marina e doutor Otávio"),
        ("Av. Paulista, 1.578", "avenida Paulista, mil quinhentos e setenta e oito"),
        ("Rua Sete de Abril, 237", "Rua Sete de Abril, duzentos e trinta e sete"),
        ("R. 25 de Março", "rua vinte e cinco de Março"),
        ("sala 07", "sala zero sete"),
        ("código 512769834016", "código cinco um dois sete meia nove oito três quatro zero um meia"),
        ("Rede  D'Or\n São Luiz", "Rede D'Or São Luiz"),
        ("CPFL e SAMUEL", "CPFL e SAMUEL"),
        ("parasita e visite", "parasita e visite"),
    ],
)
def test_a_text_is_written_out_as_it_is_said(text: str, said: str) -> None:
    assert spoken(text) == said
