"""The clinic as one thing: every service, built from what it needs. The only wiring of these rules."""

from dataclasses import dataclass

from clinic.access_times import AccessTimes
from clinic.accounts import Accounts, open_accounts
from clinic.agenda import Agenda
from clinic.agenda_report import AgendaReports
from clinic.allowances import Allowances
from clinic.audit import AuditTrail
from clinic.bookings import Bookings
from clinic.calls import Calls
from clinic.clock import Clock, utc_now
from clinic.closings import Closings
from clinic.csv_import.service import CsvImports
from clinic.desk import Desk, open_desk
from clinic.directory import Directory
from clinic.editing import Editing
from clinic.feeds import Feeds
from clinic.guessing import Guessing
from clinic.holds import Holds
from clinic.live import Live
from clinic.live_calls import LiveCalls
from clinic.messages.service import Messages, open_messages
from clinic.names import Names
from clinic.patients import Hasher, Patients, directly
from clinic.portal import Portal, open_portal
from clinic.practice import Practice
from clinic.profile import Profiles
from clinic.retention import Retention
from clinic.roster import Rosters
from clinic.schedules import Schedules
from clinic.search import Search
from clinic.settings import Settings
from clinic.units import Units
from clinic.voice_notes import VoiceNotes
from clinic.waiting.room import WaitingRoom, open_waiting_room
from db.session import Database


@dataclass(frozen=True)
class Clinic(Accounts):
    """What telephone, pages and workers share. A service method is one short transaction."""

    profile: Profiles
    units: Units
    directory: Directory
    agenda: Agenda
    agenda_reports: AgendaReports
    bookings: Bookings
    allowances: Allowances
    patients: Patients
    waiting_list: WaitingRoom
    calls: Calls
    voice_notes: VoiceNotes
    retention: Retention
    names: Names
    audit: AuditTrail
    desk: Desk
    portal: Portal
    live: Live
    live_calls: LiveCalls
    guessing: Guessing
    messages: Messages
    practice: Practice
    closings: Closings
    csv_imports: CsvImports
    editing: Editing
    feeds: Feeds
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
    schedules = Schedules(database, rosters, clock)
    agenda = Agenda(Search(database), schedules, rosters, profiles, units, clock, holds.sweep)
    guessing = Guessing(database, profiles, audit, clock)
    directory = Directory(database, rosters, agenda, clock)
    accounts = open_accounts(settings, database, profiles, audit, clock, hasher)
    bookings = Bookings(database, holds, rosters, profiles, clock)
    desk = open_desk(database, rosters, profiles, units, directory, agenda, holds, audit,
                     settings.recordings_folder, clock)  # fmt: skip
    portal = open_portal(database, rosters, profiles, units, agenda, holds, directory, bookings, desk,
                         accounts.users, accounts.letters, audit, clock)  # fmt: skip
    return Clinic(
        **vars(accounts),
        profile=profiles,
        units=units,
        directory=directory,
        agenda=agenda,
        agenda_reports=AgendaReports(database, rosters, AccessTimes(database, rosters, units, clock), clock),
        bookings=bookings,
        allowances=Allowances(database, rosters, profiles, clock),
        patients=Patients(database, guessing, clock, hasher),
        waiting_list=open_waiting_room(settings, database, rosters, profiles, holds, agenda, desk, clock),
        calls=Calls(database, holds, rosters, clock),
        voice_notes=VoiceNotes(database, settings.recordings_folder, clock),
        retention=Retention(database, settings, profiles, clock),
        names=Names(database, clock),
        audit=audit,
        desk=desk,
        portal=portal,
        live=Live(database, clock),
        live_calls=LiveCalls(database, clock),
        guessing=guessing,
        messages=open_messages(settings, database, rosters, profiles, desk.bookings, audit, clock),
        feeds=Feeds(database, rosters, profiles, clock),
        practice=Practice(database, rosters, schedules, clock),
        closings=Closings(database, rosters, profiles, clock),
        csv_imports=CsvImports(database, rosters, schedules, audit, clock),
        editing=Editing(database, rosters, schedules, clock),
        clock=clock,
    )
