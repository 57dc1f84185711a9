"""Who may log in, as one group of services: accounts, passwords, codes, sessions, links by mail. Their only wiring."""

from dataclasses import dataclass

from clinic.access import Access
from clinic.audit import AuditTrail
from clinic.clock import Clock
from clinic.company_accounts import CompanyAccounts
from clinic.devices import Devices
from clinic.letters import Letters
from clinic.log_ins import LogIns
from clinic.login_limits import LoginLimits
from clinic.mailed_links import MailedLinks
from clinic.media.email import sender_of
from clinic.media.opening import sms_of
from clinic.passwords import Passwords
from clinic.patients import Hasher
from clinic.personal_tokens import PersonalTokens
from clinic.profile import Profiles
from clinic.programs import Programs
from clinic.registers import Registers
from clinic.second_factor import SecondFactor
from clinic.sessions import Sessions
from clinic.settings import Settings
from clinic.team import Team
from clinic.tokens import Tokens
from clinic.users import Users
from db.session import Database


@dataclass(frozen=True)
class Accounts:
    """The services around logging in."""

    access: Access
    users: Users
    team: Team
    passwords: Passwords
    sessions: Sessions
    devices: Devices
    login_limits: LoginLimits
    second_factor: SecondFactor
    mailed_links: MailedLinks
    letters: Letters
    company_accounts: CompanyAccounts
    log_ins: LogIns
    tokens: Tokens
    personal_tokens: PersonalTokens
    programs: Programs
    registers: Registers


def open_accounts(
    settings: Settings, database: Database, profiles: Profiles, audit: AuditTrail, clock: Clock, hasher: Hasher
) -> Accounts:
    """Build them."""
    users, sessions, devices = Users(database, audit, clock), Sessions(database, clock), Devices(database, clock)
    passwords, limits = Passwords(database, audit, clock, hasher), LoginLimits(database, audit, clock)
    second = SecondFactor(database, audit, limits, clock, settings.secrets_key)
    links = MailedLinks(database, clock)
    return Accounts(
        access=Access(database),
        users=users,
        team=Team(database, audit, clock),
        passwords=passwords,
        sessions=sessions,
        devices=devices,
        login_limits=limits,
        second_factor=second,
        mailed_links=links,
        letters=Letters(
            sender_of(settings, clock), links, users, profiles, audit, settings.pages_url, sms=sms_of(settings)
        ),
        company_accounts=CompanyAccounts(users),
        log_ins=LogIns(users, passwords, sessions, devices, limits, second, audit, settings.demo),
        tokens=Tokens(database, clock, settings.secrets_key),
        personal_tokens=PersonalTokens(database, audit, clock),
        programs=Programs(database, clock),
        registers=Registers(database, audit),
    )
