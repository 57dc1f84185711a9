"""The way out of the menus to people."""

from agi.call import Call


def hand_over(call: Call, came_from: str, why: str) -> None:
    """Go on in the dialplan's `reception`, which learns where the caller was and why; asks no database."""
    call.set_variable("ALO_MENU", came_from)
    call.set_variable("ALO_WHY", why)
    call.continue_at("reception")
