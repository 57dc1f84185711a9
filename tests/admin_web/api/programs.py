"""Another program that asks the API, and what the tests of it share."""

from tests.admin_web.conftest import careful


class Program:
    """Another program, in somebody's name."""

    def __init__(self, site, who=None, token=None):
        self._client = careful(site.app)
        session = site.clinic.sessions.open(site.user(who)) if who else None
        self.token = token or (site.clinic.tokens.of_session(session).access if session else None)

    def ask(self, method, path, body=None, **headers):
        given = {"Authorization": f"Bearer {self.token}"} if self.token else {}
        given |= {name.replace("_", "-"): value for name, value in headers.items()}
        return self._client.open(f"/api/v1{path}", method=method, json=body, headers=given)

    def get(self, path, **headers):
        return self.ask("GET", path, **headers)

    def post(self, path, body=None, **headers):
        return self.ask("POST", path, {} if body is None else body, **headers)


def free(program, site, place=0):
    at = site.clinic.at
    found = program.get(f"/availability?specialty_id={at.specialties['general']}&doctor_id={at.doctors['marina']}")
    return found.json["items"][place]


def booking(site, slot, who="alice", **more):
    return {"patient_id": site.clinic.people[who].id, "slot_id": slot["id"]} | more


def booked(program, site, **more):
    return program.post("/appointments", booking(site, free(program, site), **more))


def fields(reply):
    return [one["field"] for one in reply.json["errors"]]
