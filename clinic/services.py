"""The clinic as one thing: every service, built from what it needs. The only wiring of these rules."""

from dataclasses import dataclass

from clinic.access import Access
from clinic.agenda import Agenda
from clinic.allowances import Allowances
from clinic.audit import AuditTrail
from clinic.bookings import Bookings
from clinic.calls import Calls
from clinic.clock import Clock, utc_now
from clinic.desk import Desk, open_desk
from clinic.devices import Devices
from clinic.directory import Directory
from clinic.feeds import Feeds
from clinic.guessing import Guessing
from clinic.holds import Holds
from clinic.letters import Letters
from clinic.live import Live
from clinic.live_calls import LiveCalls
from clinic.log_ins import LogIns
from clinic.login_limits import LoginLimits
from clinic.mailed_links import MailedLinks
from clinic.media.email import sender_of
from clinic.names import Names
from clinic.passwords import Passwords
from clinic.patients import Hasher, Patients, directly
from clinic.practice import Practice
from clinic.profile import Profiles
from clinic.retention import Retention
from clinic.roster import Rosters
from clinic.schedules import Schedules
from clinic.search import Search
from clinic.second_factor import SecondFactor
from clinic.sessions import Sessions
from clinic.settings import Settings
from clinic.units import Units
from clinic.users import Users
from clinic.voice_notes import VoiceNotes
from clinic.waiting_list import WaitingList
from db.session import Database


@dataclass(frozen=True)
class Clinic:
    """What telephone, pages and workers share. A service method is one short transaction."""

    profile: Profiles
    units: Units
    directory: Directory
    agenda: Agenda
    bookings: Bookings
    allowances: Allowances
    patients: Patients
    waiting_list: WaitingList
    calls: Calls
    voice_notes: VoiceNotes
    retention: Retention
    names: Names
    audit: AuditTrail
    desk: Desk
    live: Live
    live_calls: LiveCalls
    guessing: Guessing
    practice: Practice
    feeds: Feeds
    access: Access
    users: Users
    passwords: Passwords
    sessions: Sessions
    devices: Devices
    login_limits: LoginLimits
    second_factor: SecondFactor
    mailed_links: MailedLinks
    letters: Letters
    log_ins: LogIns
    clock: Clock


def open_clinic(
    settings: Settings, clock: Clock = utc_now, database: Database | None = None, hasher: Hasher = directly
) -> Clinic:
    """Build the services on the (migrated) database of the settings; opens no connection yet.

    `hasher` runs slow password hashing: a gevent process hands in its thread pool's `apply`.
    """
    database = database or Database(settings.database_url)
    profiles, rosters = Profiles(database, clock), Rosters(database)
    units, audit = Units(rosters, profiles), AuditTrail(database, clock)
    holds = Holds(database, profiles, clock)
    schedules = Schedules(database, rosters, profiles, clock)
    agenda = Agenda(Search(database), schedules, rosters, profiles, units, clock, holds.sweep)
    guessing = Guessing(database, profiles, audit, clock)
    users, sessions, devices = Users(database, audit, clock), Sessions(database, clock), Devices(database, clock)
    passwords, limits = Passwords(database, audit, clock, hasher), LoginLimits(database, audit, clock)
    directory = Directory(database, rosters, agenda, clock)
    second = SecondFactor(database, audit, limits, clock, settings.secrets_key)
    links = MailedLinks(database, clock)
    return Clinic(
        profile=profiles,
        units=units,
        directory=directory,
        agenda=agenda,
        bookings=Bookings(database, holds, rosters, profiles, clock),
        allowances=Allowances(database, rosters, profiles, clock),
        patients=Patients(database, guessing, clock, hasher),
        waiting_list=WaitingList(database, clock),
        calls=Calls(database, holds, rosters, clock),
        voice_notes=VoiceNotes(database, settings.recordings_folder, clock),
        retention=Retention(database, settings, profiles, clock),
        names=Names(database, clock),
        audit=audit,
        desk=open_desk(database, rosters, profiles, units, directory, holds, audit, settings.recordings_folder, clock),
        live=Live(database, clock),
        live_calls=LiveCalls(database, clock),
        guessing=guessing,
        feeds=Feeds(database, rosters, profiles, clock),
        practice=Practice(database, rosters, schedules, clock),
        access=Access(database),
        users=users,
        passwords=passwords,
        sessions=sessions,
        devices=devices,
        login_limits=limits,
        second_factor=second,
        mailed_links=links,
        letters=Letters(sender_of(settings, clock), links, users, profiles, audit, settings.pages_url),
        log_ins=LogIns(users, passwords, sessions, devices, limits, second, audit, settings.demo),
        clock=clock,
    )
