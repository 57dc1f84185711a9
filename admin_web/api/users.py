"""/users: who may log in, for managers; who may change whom is the team's rule."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Annotated, Literal

from flask import abort
from pydantic import Field

from admin_web.access import MANAGERS
from admin_web.api.answering import version_of
from admin_web.api.faults import Fault, unknown
from admin_web.api.operations import Asked, Operation, Part, Reply
from admin_web.api.paging import after_id, cursor
from admin_web.api.paging import part as first
from admin_web.api.types import Email, Given, Name, Paged, RecordId, Shown
from clinic.identities import Identity, email
from clinic.team import Member, Wanted, may_change, may_give
from clinic.users import ROLES, Role

if TYPE_CHECKING:
    from clinic.services import Clinic

StaffRole = Literal["attendant", "doctor", "manager", "admin"]


class NewUser(Given):
    """An account of the team: who, by which e-mail, in which roles, at which units (none: all)."""

    name: Name
    email: Email
    roles: Annotated[list[StaffRole], Field(min_length=1, max_length=4)]
    unit_ids: Annotated[list[RecordId], Field(max_length=100, default_factory=list)]


class UserValues(Given):
    """What of an account can be changed."""

    name: Name
    roles: Annotated[list[StaffRole], Field(min_length=1, max_length=4)]
    unit_ids: Annotated[list[RecordId], Field(max_length=100, default_factory=list)]
    active: bool = True


class User(Shown):
    """Somebody who may log in, or might where not active."""

    id: int
    name: str
    active: bool
    roles: list[str]
    unit_ids: list[int]
    patient_id: int | None
    doctor_id: int | None


class UserList(Shown):
    """A part of the accounts."""

    items: list[User]
    next_cursor: str | None


class Users:
    """The operations."""

    def __init__(self, clinic: "Clinic") -> None:
        self._clinic = clinic

    def list(self, asked: Asked) -> Reply:
        """By id."""
        rows = self._clinic.registers.accounts(after_id(asked.query.cursor), asked.query.limit + 1)
        some, more = first(rows, asked.query.limit)
        following = cursor(some[-1].id) if more else None
        items = [User.model_validate(one) for one in some]
        return Reply(UserList(items=items, next_cursor=following), next=following)

    def get(self, asked: Asked) -> Reply:
        """One of them."""
        return self._reply(asked.path["user_id"])

    def create(self, asked: Asked) -> Reply:
        """A new account; the link of the first access goes to the e-mail."""
        given: NewUser = asked.body
        self._check(asked, given.roles, given.unit_ids)
        address = email(given.email)
        if address is None:
            raise Fault(422, "invalid", "Este e-mail não serve", "", [{"field": "email", "message": "Confira."}])
        made = self._clinic.users.create(
            given.name, given.roles, [Identity("email", address)], by=asked.viewer.ref, unit_ids=given.unit_ids
        )
        self._clinic.letters.invite(made, by=asked.viewer.ref)
        return self._reply(made, f"/users/{made}")

    def replace(self, asked: Asked) -> Reply:
        """Name, roles, units and whether they may log in."""
        user_id, given = asked.path["user_id"], asked.body
        before = self._shown(user_id)
        if not may_change(asked.viewer, self._clinic.team.member(user_id)):
            raise Fault(403, "not-yours-to-change", "Esta conta é só da administração")
        self._check(asked, given.roles, given.unit_ids)
        kept = frozenset[Role](("patient",) if "patient" in before.roles else ())
        wanted = Wanted(given.name, kept | frozenset(given.roles), frozenset(given.unit_ids), given.active)
        self._clinic.team.save(
            user_id, wanted, lambda now: version_of(_as_shown(now)) == asked.version, by=asked.viewer.ref
        )
        return self._reply(user_id)

    def _check(self, asked: Asked, roles: Sequence[StaffRole], units: Sequence[int]) -> None:
        if not set(roles) <= set(may_give(asked.viewer)):
            raise Fault(403, "not-yours-to-give", "Esta função só a administração dá")
        if not set(units) <= set(self._clinic.desk.roster().unit):
            raise unknown("unit_ids")

    def _shown(self, user_id: int) -> User:
        try:
            return User.model_validate(self._clinic.registers.account(user_id))
        except KeyError:
            abort(404)

    def _reply(self, user_id: int, location: str = "") -> Reply:
        shown = self._shown(user_id)
        return Reply(shown, version_of(shown), location)


def _as_shown(member: Member) -> User:
    """An account as `get` shows it."""
    return User(
        id=member.id, name=member.name, active=member.active, roles=[one for one in ROLES if one in member.roles],
        unit_ids=sorted(member.unit_ids), patient_id=member.patient_id, doctor_id=member.doctor_id,
    )  # fmt: skip


def part(clinic: "Clinic") -> Part:
    """What this module adds to the API."""
    own, one = Users(clinic), "/users/<int:user_id>"
    return Part("Contas", [
        Operation("GET", "/users", "list_users", "Listar as contas", own.list, MANAGERS, "users:read", query=Paged,
                  shows=UserList, refuses=(422,)),
        Operation("POST", "/users", "create_user", "Convidar alguém para a equipe", own.create, MANAGERS,
                  "users:write", body=NewUser, shows=User, status=201, refuses=(409,)),
        Operation("GET", one, "get_user", "Ler uma conta", own.get, MANAGERS, "users:read", shows=User,
                  versioned=True),
        Operation("PUT", one, "replace_user", "Guardar uma conta", own.replace, MANAGERS, "users:write",
                  body=UserValues, shows=User, edits=True, refuses=(409,)),
    ])  # fmt: skip
