"""The way out of the menus to people."""

from agi.call import Call


def hand_over(call: Call, came_from: str, why: str) -> None:
    """Go on in the dialplan's `reception`, which learns where the caller was, why, and at what pace to speak."""
    call.set_variable("ALO_MENU", came_from)
    call.set_variable("ALO_WHY", why)
    if call.slow:
        call.set_variable("ALO_SLOW", "1")
    call.continue_at("reception")
