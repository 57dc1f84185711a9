"""The portal's tables go up and down with data in them."""

from datetime import UTC, date, datetime

from sqlalchemy import func, insert, select

from db import migrate
from db.session import Database
from db.tables import Acknowledgement, Consent, DataRequest, Patient, Registration
from tests.clinic.small_clinic import small_clinic

NOW = datetime(2026, 11, 23, 12, tzinfo=UTC)
BEFORE = "0006"


def fill(database):
    patient = database.first(select(Patient.id))[0]
    mine = {"patient_id": patient, "at": NOW, "by": "user:1"}
    database.change(insert(Acknowledgement).values(version=1, **mine))
    database.change(insert(Consent).values(purpose="marketing", given=True, **mine))
    database.change(insert(DataRequest).values(patient_id=patient, kind="erasure", created_at=NOW))
    database.change(
        insert(Registration).values(
            digest="x", cpf="52998224725", birth_date=date(1980, 4, 5), name="Ana", email="ana@example.com", phones="",
            password_hash="x", notice_version=1, created_at=NOW, expires_at=NOW,
        )
    )  # fmt: skip


def test_down_and_up_with_data_in_the_portals_tables(tmp_path):
    url = f"sqlite:///{tmp_path}/alo.sqlite"
    migrate.upgrade(url)
    small_clinic(url).database.close()
    database = Database(url)
    fill(database)
    database.close()
    migrate.downgrade(url, BEFORE)
    migrate.upgrade(url)
    database = Database(url)
    assert database.first(select(func.count()).select_from(Patient))[0] > 0
    assert database.first(select(func.count()).select_from(Consent))[0] == 0
    database.close()
    assert migrate.differences(url) == []
