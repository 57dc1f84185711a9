"""How often a page asks the database does not depend on how much there is: no statement for each record.

Every page, and every question of the API, is asked for in a clinic with little of everything and in one with several
times as much. What an address names is in both: Alice's, Marina's, and the first of whatever else there is.
"""

from datetime import date, time, timedelta

import pytest
from sqlalchemy import bindparam, func, insert, select

from admin_web.app import create_app
from clinic.agenda import HoursInput
from clinic.services import open_clinic
from clinic.settings import Settings
from db.tables import Appointment, OutboxRow, Waiting, WebhookAttempt, WebhookSubscription
from tests.admin_web.site import Site
from tests.admin_web.test_matrix import ANY, CLOSED, NO_RECORD, ROUTES, allowed, arguments
from tests.clinic.counting import CountingDatabase

FEW, MANY = 2, 7
ALLOWANCE = 2
"""Fewer than the five records more there are of everything."""
MONDAY = date(2026, 11, 23)
ALICES = select(func.min(Appointment.id)).where(Appointment.patient_id == bindparam("patient"))
ORDER = ("attendant", "manager", "patient", "doctor")
"""Whose pages are looked at, the first who may."""
NOT_PAGES = {"live.stream", "own_day.home", "patients.spoken_name"}
"""Streams, recordings, and what only leads to another page."""
OPEN = {"medicos.page", "medicos.times"}
"""What is shown of the clinic to anybody."""
PAGES = [one for one in ROUTES if one[1] == "GET" and (one in CLOSED or one[0] in OPEN) and one[0] not in NOT_PAGES]
QUERY = {
    "api.list_times": "specialty_id={specialty}",
    "desk.book": "horario={slot}",
    "patients.search": "q=a",
    "booking.find": "especialidade={specialty}",
}


def fill(clinic, site, count):
    """So many more of everything."""
    clinic.profile.save(clinic.profile.get().model_copy(update={"max_future_appointments": 50}))
    for number in range(count):
        _place(clinic, number)
        doctor = _doctor(clinic, number)
        _patients(clinic, number)
        _people(clinic, site, number)
        _program(clinic, number)
        clinic.closings.add(date(2026, 12, 10 + number), f"Dia {number}")
        start = clinic.clock() + timedelta(days=20 + number)
        for one in (doctor, clinic.at.doctors["marina"]):
            clinic.agenda.add_absence(one, start, start + timedelta(hours=1), "Curso")


def _place(clinic, number):
    clinic.directory.add_unit(f"Unidade {number}", "Rua Um, 1", "São Paulo", "SP", phone=f"114444550{number}")
    clinic.directory.add_payer(f"Plano {number}", position=10 + number)


def _doctor(clinic, number):
    heart = clinic.directory.add_specialty(f"Especialidade {number}", needs_rqe=False, position=10 + number)
    both = {clinic.at.specialties["general"]: None, heart: None}
    doctor = clinic.directory.add_doctor(
        f"Doutora {number}", "doutora", f"90{number}", "SP", both, position=20 + number
    )
    centro = clinic.at.units["centro"]
    clinic.agenda.set_hours(doctor, [HoursInput(centro, day, time(8), time(10)) for day in range(5)])
    clinic.directory.accept(doctor, clinic.at.payers["saude"], [centro])
    clinic.directory.set_price(doctor, clinic.at.kinds["consultation"], 20_000)
    return doctor


def _patients(clinic, number):
    """One with a visit, a child of Alice's, one heard on the telephone; a visit of Alice's, and one she cancelled."""
    new = clinic.patients.register(f"Ana {number}", date(1990, 1, 1), phones=[f"55119000011{number:02}"])
    clinic.patients.register(f"Filho {number}", date(2015, 1, 1), guardian=clinic.people["alice"])
    heard = clinic.patients.pre_register(None, date(1991, 1, 1), f"55119000022{number:02}", None, f"{number:08}")
    clinic.people.update(new=new, heard=heard)
    clinic.book("new", clinic.slot("marina"))
    clinic.book("alice", clinic.slot("marina", place=20))
    clinic.book("heard", clinic.slot("paulo"))
    gone = clinic.book("alice", clinic.slot("marina", place=25))
    clinic.bookings.cancel(clinic.people["alice"], gone.id, "no_need", via="telephone")
    clinic.desk.delays.set(clinic.at.doctors["marina"], MONDAY, 10 + number, "user:1")
    clinic.waiting_list.join(new, clinic.at.specialties["general"], via="telephone")
    clinic.portal.requests.ask(new.id, "correction", "Meu nome mudou")


def _people(clinic, site, number):
    user = clinic.users.create(f"Pessoa {number}", ["attendant"], by="system")
    for one in (user, *(site.user(role) for role in ORDER)):
        clinic.personal_tokens.create(one, f"Chave {number}", ["directory:read"], 30)
        clinic.sessions.open(one)
    clinic.csv_imports.try_out("patients", f"{number}.csv", b"nome;nascimento\nRui;01/02/1990\n", "user:1")


def _program(clinic, number):
    """A program, and an event that it was told by one try."""
    at, put = clinic.clock(), clinic.database.change
    one = {"label": f"Painel {number}", "url": "https://painel.example/", "secret": "x", "created_at": at, "by": "test"}
    uid = f"{number:032}"
    told = {"kind": "booked", "audience": "program", "uid": uid, "lane": 1, "status": "sent", "created_at": at}
    tried = {"uid": uid, "attempt": 1, "at": at, "milliseconds": 3, "status": 200, "answer": "ok", "body": "{}"}
    mine = put(insert(WebhookSubscription).values(**one)).lastrowid
    first = clinic.database.first(select(func.min(WebhookSubscription.id)))[0]
    put(insert(OutboxRow).values(**told, subscription_id=first))
    put(insert(WebhookAttempt).values(**tried, subscription_id=mine))


class Size:
    """The pages of a clinic of one size, and what its database was asked."""

    def __init__(self, clinic, folder, count):
        self.database = CountingDatabase(str(clinic.database.url))
        settings = Settings(demo=True, spool=folder, test_phone=True)
        app = create_app(open_clinic(settings, clinic.clock, self.database), settings=settings)
        self.clinic, self.site = clinic, Site(clinic, app)
        fill(clinic, self.site, count)
        first = clinic.database.first
        alice = clinic.people["alice"].id
        self.named = {
            "patient_id": alice, "doctor_id": clinic.at.doctors["marina"], "record_id": 1,
            "appointment_id": first(ALICES, {"patient": alice})[0], "slot_id": clinic.slot("marina").id,
            "user_id": self.site.user("attendant"), "import_id": 1, "pre_id": 1,
            "token_id": clinic.personal_tokens.list(self.site.user("attendant"))[0].id, "sort": "patients",
        }  # fmt: skip
        self.named |= {"subscription_id": first(select(func.min(WebhookSubscription.id)))[0]}
        self.named |= {"delivery_id": first(select(func.min(OutboxRow.id)).where(OutboxRow.lane == 1))[0]}
        self.named["place_id"] = first(select(Waiting.id))[0]
        self.named |= {"specialty": clinic.at.specialties["general"], "slot": self.named["slot_id"]}

    def asked(self, route):
        """The statements of a page; the fewer of two times, for now and then the directory is looked at anew."""
        client, seen = self.site.client(reader(self.site, route)), []
        for _ in range(2):
            self.clinic.live.put("test", 1)  # what was kept is not given again
            del self.database.asked[:]
            reply = client.get(self.path(route))
            assert reply.status_code in self.fine(route), (reply.status_code, reply.location, reply.text[:2000])
            seen.append(list(self.database.asked))
        return min(seen, key=len)

    def fine(self, route):
        """What is named here is there."""
        return (200, 204) if arguments(route) <= set(self.named) else (200, 404)

    def path(self, route):
        rule = next(self.site.app.url_map.iter_rules(route[0]))
        given = {name: self.named.get(name, NO_RECORD.get(name, ANY)) for name in rule.arguments}
        _, path = rule.build(given, append_unknown=False)
        return f"{path}?{QUERY.get(route[0], '').format(**self.named)}"


def reader(site, route):
    return None if route[0] in OPEN else next(role for role in ORDER if role in allowed(site, route))


@pytest.fixture(scope="module")
def sizes(clinic_templates, tmp_path_factory):
    folders = [tmp_path_factory.mktemp(name) for name in ("few", "many")]
    clinics = [clinic_templates.copy("sqlite", folder) for folder in folders]
    yield [Size(*one) for one in zip(clinics, folders, (FEW, MANY), strict=True)]
    for one in clinics:
        one.database.close()


@pytest.mark.parametrize("route", PAGES, ids=lambda route: route[0])
def test_more_records_are_not_more_queries(sizes, route):
    few, many = (size.asked(route) for size in sizes)
    assert len(many) - len(few) <= ALLOWANCE, "\n".join(many)
