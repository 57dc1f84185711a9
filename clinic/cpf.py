"""Check digits of a CPF."""

from validate_docbr import CPF


def cpf_is_valid(digits: str) -> bool:
    """Whether eleven digits are a CPF; masks and numbers of equal digits are not. Valid is not existing."""
    return len(digits) == 11 and digits.isascii() and digits.isdigit() and bool(CPF().validate(digits))
