"""What the tests of the portal share: through the three steps to an appointment."""

import re

from tests.admin_web.forms import send


def confirm_path(clinic, who="marina", specialty="general", place=1):
    """The third step, for a later time of the doctor's."""
    slot = clinic.slot(who, specialty, place)
    return slot, f"/portal/marcar/{slot.id}"


def book(clinic, browser, who="marina", specialty="general", place=1, **fields):
    """Through the third step to the appointment."""
    _, path = confirm_path(clinic, who, specialty, place)
    page = browser.get(path, query_string={"especialidade": clinic.at.specialties[specialty]})
    once = re.search(r'name="once" value="([^"]+)"', page.text)[1]
    sent = {"once": once, "especialidade": clinic.at.specialties[specialty]} | fields
    return send(browser, path, **sent), sent, path


def upcoming(clinic, who="alice"):
    return clinic.bookings.upcoming(clinic.people[who])
