"""Call-flow 4.4: 1 the earliest with any doctor; the doctors on 2 to 7, six a page, with fixed keys."""

from agi.asking import GoBack, Option, pick
from agi.call import Call
from agi.menus.waiting_list import waiting_list
from agi.phrases import with_doctor
from agi.wish import Wish
from clinic.directory import DoctorInfo
from clinic.people import Person
from clinic.services import Clinic


def choose_doctor(call: Call, clinic: Clinic, person: Person, wish: Wish) -> Wish:
    """Only who fits is offered; who has nothing free keeps the key, says so and has a waiting list."""
    if wish.settled:
        return wish
    doctors = clinic.directory.doctors(wish.criteria(clinic, person))
    if not doctors:
        waiting_list(call, clinic, person, wish)
        raise GoBack
    if len(doctors) == 1:
        return wish.but(doctor_id=doctors[0].id)
    first: dict[str, Option[DoctorInfo | None]] = {"1": Option(None, ("choose/any-doctor",))}
    options = [Option[DoctorInfo | None](one, with_doctor(one)) for one in doctors]
    while True:
        call.enter("choose_doctor")
        chosen = pick(call, options=options, fixed=first, first=2)
        if chosen is None:
            return wish.but(doctor_id=None)
        wished = wish.but(doctor_id=chosen.id)
        if chosen.has_free:
            return wished
        waiting_list(call, clinic, person, wished)
