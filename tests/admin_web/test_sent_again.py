"""A form of the desk that comes a second time: after what it made was given up, and twice at one moment."""

from dataclasses import replace

from tests.admin_web.forms import text
from tests.admin_web.site import make_site
from tests.admin_web.test_agenda import act, booked, send


def book(desk, clinic, slot, who="alice"):
    return send(desk, "/agenda/marcar", horario=slot.id, paciente=clinic.people[who].id, once="a")


def starts(clinic, who="alice"):
    return [one.starts_at for one in clinic.bookings.upcoming(clinic.people[who])]


def booked_and_cancelled(clinic, desk):
    slot = clinic.slot("marina")
    book(desk, clinic, slot)
    [made] = clinic.bookings.upcoming(clinic.people["alice"])
    clinic.desk.bookings.cancel_for(made.id, "other", "user:1")
    clinic.clock.move(seconds=20)
    return slot


def test_a_booking_sent_again_after_it_was_cancelled_is_not_told_as_made(clinic, desk):
    reply = book(desk, clinic, booked_and_cancelled(clinic, desk))
    assert (reply.status_code, starts(clinic)) == (409, [])
    assert "foi cancelada ou mudou depois: nada foi marcado agora" in text(reply)
    assert "Escolha outro" not in text(reply)


def test_a_booking_sent_again_hears_too_that_its_time_is_gone(clinic, desk):
    slot = booked_and_cancelled(clinic, desk)
    clinic.book("bruno", slot)
    reply = book(desk, clinic, slot)
    assert reply.status_code == 409
    assert "nada foi marcado agora. Este horário acabou de ser reservado. Escolha outro: 10:30" in text(reply)


def test_a_move_sent_again_after_it_was_taken_back_is_not_told_as_made(clinic, desk):
    visit, slot = booked(clinic), clinic.slot("marina", place=3)
    act(desk, visit, "mover", horario=slot.id, once="a")
    act(desk, visit, "desfazer")
    reply = act(desk, visit, "mover", horario=slot.id, once="a")
    assert (reply.status_code, starts(clinic)) == (409, [visit.starts_at])
    assert "mudou enquanto a página estava aberta" in text(reply)


class Slow:
    """Bookings that let others in once, when a time is held and the visit has not moved yet."""

    def __init__(self, bookings, *meanwhile) -> None:
        self._bookings, self._meanwhile = bookings, list(meanwhile)

    def __getattr__(self, name):
        return getattr(self._bookings, name)

    def hold_for(self, *given):
        held = self._bookings.hold_for(*given)
        while self._meanwhile:
            self._meanwhile.pop()(*given)
        return held


def test_a_move_whose_time_the_same_form_took_over_is_made(clinic, tmp_path):
    visit, slot = booked(clinic), clinic.slot("marina", place=3)
    slow = Slow(clinic.desk.bookings, clinic.desk.bookings.hold_for)
    desk = make_site(replace(clinic, desk=replace(clinic.desk, bookings=slow)), tmp_path).client("attendant")
    assert act(desk, visit, "mover", horario=slot.id, once="a").status_code == 303
    assert starts(clinic) == [slot.starts_at]


def test_a_booking_whose_time_the_same_form_took_over_is_made(clinic, tmp_path):
    slot, slow = clinic.slot("marina"), Slow(clinic.desk.bookings, clinic.desk.bookings.hold_for)
    desk = make_site(replace(clinic, desk=replace(clinic.desk, bookings=slow)), tmp_path).client("attendant")
    assert (book(desk, clinic, slot).status_code, starts(clinic)) == (303, [slot.starts_at])


def test_moving_lets_go_of_nothing_that_another_tab_holds(clinic, desk):
    visit, other = booked(clinic), clinic.slot("marina", place=4)
    send(desk, "/agenda/reservar", horario=other.id)
    keeper = clinic.desk.bookings.keeper(other)
    act(desk, visit, "mover", horario=clinic.slot("marina", place=3).id, once="a")
    assert (clinic.desk.bookings.keeper(other), keeper != "") == (keeper, True)
