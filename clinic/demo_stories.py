"""What waits for somebody when the demo begins: calls to make, a name only spoken so far, requests, wishes."""

import shutil
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

from clinic import demo_data as data
from clinic.csv_import.columns import example
from clinic.demo_people import cpf_of, dependants, people
from clinic.demo_visits import DESK
from clinic.names import digest
from clinic.offers import Wanted
from clinic.people import Person
from clinic.practice import Visit
from clinic.services import Clinic
from clinic.slots import Criteria
from clinic.visits import Extra
from clinic.waiting.offers import NotOffered
from clinic.waiting.wishes import Wish

ZONE = ZoneInfo(data.ZONE)
NEWCOMER = ("391204568", date(1991, 8, 23), "5511976112233")
"""First nine digits of a CPF, birth date and number of somebody who called for the first time."""
WISHES = 4
TIMES = 40
LATE = 20
FILE = "pacientes-da-planilha.csv"
WRONG = "Rosa Maria Teles;;111.222.333-44;31/02/1975;(11) 3333-1212;rosa@exemplo.com.br;;Particular;\r\n"
"""A line with a CPF and a birth date that cannot be."""


@dataclass(frozen=True)
class Cast:
    """Who plays: ids of doctors and specialties by name, of patients in order; folders of prompts."""

    doctors: dict[str, int]
    specialties: dict[str, int]
    patients: Sequence[int]
    sounds: Sequence[Path]


def tell(clinic: Clinic, cast: Cast) -> None:
    """All stories, through the services that would have told them."""
    today = clinic.clock().astimezone(ZONE).date()
    _given_up_by_the_clinic(clinic, cast, today)
    _away(clinic, cast, today)
    _newcomer(clinic, cast)
    _wishes(clinic, cast)
    _offers(clinic, cast)
    _late(clinic, cast, today)
    _squeezed_in(clinic, cast, today)
    clinic.portal.requests.ask(cast.patients[2], "correction", "Casei: meu sobrenome agora é Albuquerque.")
    clinic.portal.requests.ask(cast.patients[7], "erasure")
    clinic.csv_imports.try_out("patients", FILE, example("patients") + WRONG.encode(), DESK)


def _given_up_by_the_clinic(clinic: Clinic, cast: Cast, today: date) -> None:
    """A doctor gave one hour up and declined a request: both must be told by telephone."""
    rafael, eduardo = cast.doctors["Rafael Nogueira"], cast.doctors["Eduardo Pacheco"]
    to_come = [one for n in range(2, 9) for one in clinic.practice.day(rafael, today + timedelta(days=n))]
    for one in _without_mail(cast, to_come)[:2]:
        clinic.desk.bookings.cancel_for(one.id, "doctor_away", DESK, "Chamado por outro hospital")
    for one in _without_mail(cast, clinic.practice.requests(eduardo))[-1:]:
        clinic.bookings.decline(one.id, DESK, note="Este caso é da traumatologia.")


def _without_mail(cast: Cast, visits: Sequence[Visit]) -> list[Visit]:
    """Those of whom only a call reaches."""
    reached = {id_ for id_, one in zip(cast.patients, people(), strict=True) if one.email}
    return [one for one in visits if one.patient_id and one.patient_id not in reached]


def _away(clinic: Clinic, cast: Cast, today: date) -> None:
    """One doctor goes to a congress when nobody is booked yet, another next week when some are."""
    marina, patricia = cast.doctors["Marina Corrêa"], cast.doctors["Patrícia Lacerda"]
    clinic.agenda.add_absence(marina, _at(today + timedelta(days=30)), _at(today + timedelta(days=33)), "congresso")
    busy = (day for day in (today + timedelta(days=n) for n in range(7, 14)) if clinic.practice.day(patricia, day))
    day = next(busy, None)
    if day:
        hit = clinic.agenda.add_absence(patricia, _at(day, time(8)), _at(day, time(12)), "banca de concurso")
        clinic.practice.offer_again(patricia, hit, DESK)


def _newcomer(clinic: Clinic, cast: Cast) -> None:
    """Somebody called for the first time, said the name and booked: the desk completes the record."""
    nine, born, number = NEWCOMER
    call = "demo-1"
    clinic.calls.started(call, call, number, data.CENTRO.phone, None)
    protocol = clinic.calls.protocol(call)
    note = clinic.voice_notes.begin("name", call, protocol)
    spoken = f"{digest(next(dependants()))}.wav"
    recorded = next((file for folder in cast.sounds if (file := folder / "normal/name" / spoken).is_file()), None)
    if recorded:
        shutil.copyfile(recorded, f"{note.path}.wav")
        clinic.voice_notes.recorded(note.id, 2)
    person = clinic.patients.pre_register(cpf_of(nine), born, number, note.id, protocol)
    criteria = Criteria(cast.specialties[data.GENERAL])
    slots = clinic.agenda.next_free(criteria, clinic.clock() + timedelta(days=2), limit=1)
    for slot in slots:
        terms = clinic.desk.offers.offer(person, slot, Wanted()).terms
        clinic.bookings.book(person, clinic.bookings.hold(slot, by=call), terms, via="telephone")
    clinic.calls.ended(call, "done", ["greeting", "identify", "register", "booking", "goodbye"])


def _wishes(clinic: Clinic, cast: Cast) -> None:
    """Some wait for the specialty that has nothing free."""
    for number, via in zip(range(20, 20 + WISHES), ("telephone", "web", "telephone", "web"), strict=True):
        clinic.waiting_list.join(clinic.patients.get(cast.patients[number]), cast.specialties[data.GLANDS], via)


def _offers(clinic: Clinic, cast: Cast) -> None:
    """A time is kept for each of two who wait: one gets an e-mail, the other must be called."""
    known = list(zip(cast.patients, people(), strict=True))[30:]
    by_mail = next(id_ for id_, one in known if one.email and one.phone)
    by_phone = next(id_ for id_, one in known if one.phone and not one.email)
    rounds = clinic.waiting_list.rounds
    for patient_id, via in ((by_mail, "web"), (by_phone, "telephone")):
        place = clinic.waiting_list.join(clinic.patients.get(patient_id), cast.specialties[data.SKIN], via)
        wish = rounds.wish(place.id)
        if wish:
            _offer_one(clinic, wish)


def _offer_one(clinic: Clinic, wish: Wish) -> None:
    for slot in clinic.waiting_list.rounds.times(wish, TIMES):
        try:
            clinic.waiting_list.rounds.by_hand(wish, slot, DESK)
        except NotOffered:
            continue
        return


def _late(clinic: Clinic, cast: Cast, today: date) -> None:
    """Who has most people still to come today is late; on a day without visits nobody is."""
    hit = {doctor: len(clinic.desk.delays.would_hit(doctor, today, LATE)) for doctor in cast.doctors.values()}
    most = max(hit, key=lambda doctor: hit[doctor])
    if hit[most]:
        clinic.desk.delays.set(most, today, LATE, DESK, "cirurgia que demorou")


def _squeezed_in(clinic: Clinic, cast: Cast, today: date) -> None:
    """An encaixe on the next day somebody is visited."""
    for day in (today + timedelta(days=n) for n in range(1, 8)):
        visits = clinic.practice.day(cast.doctors["Otávio Brandão"], day)
        if visits:
            _beside(clinic, _unbooked(clinic, cast), visits[0])
            return


def _beside(clinic: Clinic, person: Person, visit: Visit) -> None:
    kind = next(one for one in clinic.directory.kinds() if one.code == "consultation")
    place = (visit.doctor_id, visit.unit_id, visit.starts_at + timedelta(minutes=10))
    reason = "Dor desde ontem; já é paciente."
    clinic.bookings.book_extra(
        person, Extra(*place, kind, "attendant", reason, visit.specialty_id, visit.payer_id), DESK
    )


def _unbooked(clinic: Clinic, cast: Cast) -> Person:
    """Somebody who is expected nowhere."""
    people = (clinic.patients.get(one) for one in cast.patients[40:])
    return next(one for one in people if not clinic.bookings.upcoming(one))


def _at(day: date, hour: time = time()) -> datetime:
    return datetime.combine(day, hour, ZONE)
