"""The first tables."""
# ruff: noqa: PLR0915, I001

import sqlalchemy as sa
from alembic import op

import db.types


revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Every table of the first version, and the one row of the profile."""
    op.create_table(
        "asterisk_links",
        sa.Column("asterisk", db.types.BinText(length=64), nullable=False),
        sa.Column("up", sa.Boolean(), nullable=False),
        sa.Column("since", db.types.UtcDateTime(), nullable=False),
        sa.Column("seen_at", db.types.UtcDateTime(), nullable=False),
        sa.Column("note", db.types.BinText(length=255), nullable=False),
        sa.PrimaryKeyConstraint("asterisk", name=op.f("pk_asterisk_links")),
        mysql_charset="utf8mb4",
        mysql_collate="utf8mb4_bin",
        mysql_engine="InnoDB",
    )
    op.create_table(
        "audit",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=True, nullable=False),
        sa.Column("at", db.types.UtcDateTime(), nullable=False),
        sa.Column("actor", db.types.BinText(length=60), nullable=False),
        sa.Column("action", db.types.BinText(length=40), nullable=False),
        sa.Column("entity", db.types.BinText(length=40), nullable=False),
        sa.Column("entity_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("note", db.types.BinText(length=255), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_audit")),
        mysql_charset="utf8mb4",
        mysql_collate="utf8mb4_bin",
        mysql_engine="InnoDB",
    )
    op.create_index(op.f("ix_audit_at"), "audit", ["at"], unique=False)
    op.create_table(
        "clinic_profile",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=False, nullable=False),
        sa.Column("data", sa.JSON(), nullable=False),
        sa.Column("directory_version", sa.Integer(), nullable=False),
        sa.Column("updated_at", db.types.UtcDateTime(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_clinic_profile")),
        mysql_charset="utf8mb4",
        mysql_collate="utf8mb4_bin",
        mysql_engine="InnoDB",
    )
    op.create_table(
        "doctors",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=True, nullable=False),
        sa.Column("name", db.types.BinText(length=255), nullable=False),
        sa.Column("name_search", db.types.BinText(length=255), nullable=False),
        sa.Column("title", db.types.BinText(length=20), nullable=False),
        sa.Column("spoken", db.types.BinText(length=255), nullable=True),
        sa.Column("crm", db.types.BinText(length=12), nullable=False),
        sa.Column("crm_state", db.types.BinText(length=2), nullable=False),
        sa.Column("approves", sa.Boolean(), nullable=False),
        sa.Column("approval_hours", sa.Integer(), nullable=False),
        sa.Column("return_days", sa.Integer(), nullable=False),
        sa.Column("extra_quota", sa.Integer(), nullable=False),
        sa.Column("agenda_version", sa.Integer(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("active", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_doctors")),
        sa.UniqueConstraint("crm", "crm_state", name=op.f("uq_doctors_crm_crm_state")),
        mysql_charset="utf8mb4",
        mysql_collate="utf8mb4_bin",
        mysql_engine="InnoDB",
    )
    op.create_index(op.f("ix_doctors_name_search"), "doctors", ["name_search"], unique=False)
    op.create_table(
        "guesses",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=True, nullable=False),
        sa.Column("cpf", db.types.BinText(length=32), nullable=True),
        sa.Column("caller", db.types.BinText(length=32), nullable=False),
        sa.Column("at", db.types.UtcDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_guesses")),
        mysql_charset="utf8mb4",
        mysql_collate="utf8mb4_bin",
        mysql_engine="InnoDB",
    )
    op.create_index(op.f("ix_guesses_at"), "guesses", ["at"], unique=False)
    op.create_index("ix_guesses_caller_at", "guesses", ["caller", "at"], unique=False)
    op.create_index("ix_guesses_cpf_at", "guesses", ["cpf", "at"], unique=False)
    op.create_table(
        "live_channels",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=True, nullable=False),
        sa.Column("asterisk", db.types.BinText(length=64), nullable=False),
        sa.Column("uniqueid", db.types.BinText(length=64), nullable=False),
        sa.Column("linkedid", db.types.BinText(length=64), nullable=False),
        sa.Column("channel", db.types.BinText(length=128), nullable=False),
        sa.Column("caller", db.types.BinText(length=40), nullable=True),
        sa.Column("exten", db.types.BinText(length=80), nullable=False),
        sa.Column("context", db.types.BinText(length=80), nullable=False),
        sa.Column("state", db.types.BinText(length=20), nullable=False),
        sa.Column("since", db.types.UtcDateTime(), nullable=False),
        sa.Column("seen_at", db.types.UtcDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_live_channels")),
        sa.UniqueConstraint("asterisk", "uniqueid", name=op.f("uq_live_channels_asterisk_uniqueid")),
        mysql_charset="utf8mb4",
        mysql_collate="utf8mb4_bin",
        mysql_engine="InnoDB",
    )
    op.create_index(op.f("ix_live_channels_linkedid"), "live_channels", ["linkedid"], unique=False)
    op.create_table(
        "payers",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=True, nullable=False),
        sa.Column("name", db.types.BinText(length=120), nullable=False),
        sa.Column("spoken", db.types.BinText(length=255), nullable=True),
        sa.Column("private", sa.Boolean(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("active", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_payers")),
        sa.UniqueConstraint("name", name=op.f("uq_payers_name")),
        mysql_charset="utf8mb4",
        mysql_collate="utf8mb4_bin",
        mysql_engine="InnoDB",
    )
    op.create_table(
        "protocols",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=True, nullable=False),
        sa.Column("number", db.types.BinText(length=20), nullable=True),
        sa.Column("medium", db.types.BinText(length=20), nullable=False),
        sa.Column("call_uniqueid", db.types.BinText(length=64), nullable=True),
        sa.Column("created_at", db.types.UtcDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_protocols")),
        sa.UniqueConstraint("call_uniqueid", name=op.f("uq_protocols_call_uniqueid")),
        sa.UniqueConstraint("number", name=op.f("uq_protocols_number")),
        mysql_charset="utf8mb4",
        mysql_collate="utf8mb4_bin",
        mysql_engine="InnoDB",
    )
    op.create_table(
        "spoken_names",
        sa.Column("digest", db.types.BinText(length=16), nullable=False),
        sa.Column("text", db.types.BinText(length=255), nullable=False),
        sa.Column("created_at", db.types.UtcDateTime(), nullable=False),
        sa.Column("rendered_at", db.types.UtcDateTime(), nullable=True),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("digest", name=op.f("pk_spoken_names")),
        mysql_charset="utf8mb4",
        mysql_collate="utf8mb4_bin",
        mysql_engine="InnoDB",
    )
    op.create_index(op.f("ix_spoken_names_rendered_at"), "spoken_names", ["rendered_at"], unique=False)
    op.create_table(
        "units",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=True, nullable=False),
        sa.Column("name", db.types.BinText(length=120), nullable=False),
        sa.Column("spoken", db.types.BinText(length=255), nullable=True),
        sa.Column("street", db.types.BinText(length=255), nullable=False),
        sa.Column("district", db.types.BinText(length=120), nullable=False),
        sa.Column("city", db.types.BinText(length=120), nullable=False),
        sa.Column("state", db.types.BinText(length=2), nullable=False),
        sa.Column("zone", db.types.BinText(length=64), nullable=False),
        sa.Column("phone", db.types.BinText(length=20), nullable=True),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("active", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_units")),
        sa.UniqueConstraint("name", name=op.f("uq_units_name")),
        sa.UniqueConstraint("phone", name=op.f("uq_units_phone")),
        mysql_charset="utf8mb4",
        mysql_collate="utf8mb4_bin",
        mysql_engine="InnoDB",
    )
    op.create_table(
        "visit_kinds",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=True, nullable=False),
        sa.Column("code", db.types.BinText(length=20), nullable=False),
        sa.Column("name", db.types.BinText(length=80), nullable=False),
        sa.Column("minutes", sa.Integer(), nullable=False),
        sa.Column("preparation", sa.Text(), nullable=True),
        sa.Column("bookable_by", sa.JSON(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_visit_kinds")),
        sa.UniqueConstraint("code", name=op.f("uq_visit_kinds_code")),
        mysql_charset="utf8mb4",
        mysql_collate="utf8mb4_bin",
        mysql_engine="InnoDB",
    )
    op.create_table(
        "absences",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=True, nullable=False),
        sa.Column("doctor_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("starts_at", db.types.UtcDateTime(), nullable=False),
        sa.Column("ends_at", db.types.UtcDateTime(), nullable=False),
        sa.Column("reason", db.types.BinText(length=255), nullable=False),
        sa.ForeignKeyConstraint(["doctor_id"], ["doctors.id"], name=op.f("fk_absences_doctor_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_absences")),
        mysql_charset="utf8mb4",
        mysql_collate="utf8mb4_bin",
        mysql_engine="InnoDB",
    )
    op.create_index("ix_absences_doctor_ends", "absences", ["doctor_id", "ends_at"], unique=False)
    op.create_table(
        "doctor_payers",
        sa.Column("doctor_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("payer_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("unit_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.ForeignKeyConstraint(["doctor_id"], ["doctors.id"], name=op.f("fk_doctor_payers_doctor_id")),
        sa.ForeignKeyConstraint(["payer_id"], ["payers.id"], name=op.f("fk_doctor_payers_payer_id")),
        sa.ForeignKeyConstraint(["unit_id"], ["units.id"], name=op.f("fk_doctor_payers_unit_id")),
        sa.PrimaryKeyConstraint("doctor_id", "payer_id", "unit_id", name=op.f("pk_doctor_payers")),
        mysql_charset="utf8mb4",
        mysql_collate="utf8mb4_bin",
        mysql_engine="InnoDB",
    )
    op.create_index("ix_doctor_payers_payer_unit", "doctor_payers", ["payer_id", "unit_id"], unique=False)
    op.create_table(
        "holidays",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=True, nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("name", db.types.BinText(length=255), nullable=False),
        sa.Column("unit_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("works", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(["unit_id"], ["units.id"], name=op.f("fk_holidays_unit_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_holidays")),
        mysql_charset="utf8mb4",
        mysql_collate="utf8mb4_bin",
        mysql_engine="InnoDB",
    )
    op.create_index(op.f("ix_holidays_day"), "holidays", ["day"], unique=False)
    op.create_table(
        "opening_hours",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=True, nullable=False),
        sa.Column("unit_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("weekday", sa.Integer(), nullable=False),
        sa.Column("opens", sa.Time(), nullable=False),
        sa.Column("closes", sa.Time(), nullable=False),
        sa.ForeignKeyConstraint(["unit_id"], ["units.id"], name=op.f("fk_opening_hours_unit_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_opening_hours")),
        mysql_charset="utf8mb4",
        mysql_collate="utf8mb4_bin",
        mysql_engine="InnoDB",
    )
    op.create_index(op.f("ix_opening_hours_unit_id"), "opening_hours", ["unit_id"], unique=False)
    op.create_table(
        "patients",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=True, nullable=False),
        sa.Column("cpf", db.types.BinText(length=11), nullable=True),
        sa.Column("birth_date", sa.Date(), nullable=False),
        sa.Column("name", db.types.BinText(length=255), nullable=False),
        sa.Column("name_search", db.types.BinText(length=255), nullable=False),
        sa.Column("social_name", db.types.BinText(length=255), nullable=True),
        sa.Column("email", db.types.BinText(length=320), nullable=True),
        sa.Column("usual_payer_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("usual_unit_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("guardian_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("slow_mode", sa.Boolean(), nullable=False),
        sa.Column("pin_hash", db.types.BinText(length=255), nullable=True),
        sa.Column("booking_version", sa.Integer(), nullable=False),
        sa.Column("created_at", db.types.UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(["guardian_id"], ["patients.id"], name=op.f("fk_patients_guardian_id")),
        sa.ForeignKeyConstraint(["usual_payer_id"], ["payers.id"], name=op.f("fk_patients_usual_payer_id")),
        sa.ForeignKeyConstraint(["usual_unit_id"], ["units.id"], name=op.f("fk_patients_usual_unit_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_patients")),
        sa.UniqueConstraint("cpf", name=op.f("uq_patients_cpf")),
        mysql_charset="utf8mb4",
        mysql_collate="utf8mb4_bin",
        mysql_engine="InnoDB",
    )
    op.create_index(op.f("ix_patients_guardian_id"), "patients", ["guardian_id"], unique=False)
    op.create_index(op.f("ix_patients_name_search"), "patients", ["name_search"], unique=False)
    op.create_table(
        "prices",
        sa.Column("doctor_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("kind_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("cents", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["doctor_id"], ["doctors.id"], name=op.f("fk_prices_doctor_id")),
        sa.ForeignKeyConstraint(["kind_id"], ["visit_kinds.id"], name=op.f("fk_prices_kind_id")),
        sa.PrimaryKeyConstraint("doctor_id", "kind_id", name=op.f("pk_prices")),
        mysql_charset="utf8mb4",
        mysql_collate="utf8mb4_bin",
        mysql_engine="InnoDB",
    )
    op.create_table(
        "slots",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=True, nullable=False),
        sa.Column("doctor_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("unit_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("modality", db.types.BinText(length=10), nullable=False),
        sa.Column("period", db.types.BinText(length=10), nullable=False),
        sa.Column("starts_at", db.types.UtcDateTime(), nullable=False),
        sa.Column("ends_at", db.types.UtcDateTime(), nullable=False),
        sa.Column("status", db.types.BinText(length=8), nullable=False),
        sa.Column("held_until", db.types.UtcDateTime(), nullable=True),
        sa.Column("hold_token", db.types.BinText(length=80), nullable=True),
        sa.Column("appointment_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("off_plan", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(["doctor_id"], ["doctors.id"], name=op.f("fk_slots_doctor_id")),
        sa.ForeignKeyConstraint(["unit_id"], ["units.id"], name=op.f("fk_slots_unit_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_slots")),
        sa.UniqueConstraint("doctor_id", "starts_at", name=op.f("uq_slots_doctor_id_starts_at")),
        mysql_charset="utf8mb4",
        mysql_collate="utf8mb4_bin",
        mysql_engine="InnoDB",
    )
    op.create_index("ix_slots_hold", "slots", ["hold_token", "held_until"], unique=False)
    op.create_index(
        "ix_slots_search", "slots", ["doctor_id", "status", "starts_at", "unit_id", "modality", "period"], unique=False
    )
    op.create_table(
        "specialties",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=True, nullable=False),
        sa.Column("name", db.types.BinText(length=120), nullable=False),
        sa.Column("spoken", db.types.BinText(length=255), nullable=True),
        sa.Column("needs_rqe", sa.Boolean(), nullable=False),
        sa.Column("kind_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("active", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(["kind_id"], ["visit_kinds.id"], name=op.f("fk_specialties_kind_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_specialties")),
        sa.UniqueConstraint("name", name=op.f("uq_specialties_name")),
        mysql_charset="utf8mb4",
        mysql_collate="utf8mb4_bin",
        mysql_engine="InnoDB",
    )
    op.create_table(
        "working_hours",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=True, nullable=False),
        sa.Column("doctor_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("unit_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("weekday", sa.Integer(), nullable=False),
        sa.Column("starts", sa.Time(), nullable=False),
        sa.Column("ends", sa.Time(), nullable=False),
        sa.Column("modality", db.types.BinText(length=10), nullable=False),
        sa.Column("slot_minutes", sa.Integer(), nullable=False),
        sa.Column("valid_from", sa.Date(), nullable=True),
        sa.Column("valid_until", sa.Date(), nullable=True),
        sa.ForeignKeyConstraint(["doctor_id"], ["doctors.id"], name=op.f("fk_working_hours_doctor_id")),
        sa.ForeignKeyConstraint(["unit_id"], ["units.id"], name=op.f("fk_working_hours_unit_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_working_hours")),
        mysql_charset="utf8mb4",
        mysql_collate="utf8mb4_bin",
        mysql_engine="InnoDB",
    )
    op.create_index(op.f("ix_working_hours_doctor_id"), "working_hours", ["doctor_id"], unique=False)
    op.create_table(
        "doctor_specialties",
        sa.Column("doctor_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("specialty_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("rqe", db.types.BinText(length=12), nullable=True),
        sa.ForeignKeyConstraint(["doctor_id"], ["doctors.id"], name=op.f("fk_doctor_specialties_doctor_id")),
        sa.ForeignKeyConstraint(["specialty_id"], ["specialties.id"], name=op.f("fk_doctor_specialties_specialty_id")),
        sa.PrimaryKeyConstraint("doctor_id", "specialty_id", name=op.f("pk_doctor_specialties")),
        mysql_charset="utf8mb4",
        mysql_collate="utf8mb4_bin",
        mysql_engine="InnoDB",
    )
    op.create_index(op.f("ix_doctor_specialties_specialty_id"), "doctor_specialties", ["specialty_id"], unique=False)
    op.create_table(
        "patient_phones",
        sa.Column("patient_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("number", db.types.BinText(length=20), nullable=False),
        sa.ForeignKeyConstraint(["patient_id"], ["patients.id"], name=op.f("fk_patient_phones_patient_id")),
        sa.PrimaryKeyConstraint("patient_id", "number", name=op.f("pk_patient_phones")),
        mysql_charset="utf8mb4",
        mysql_collate="utf8mb4_bin",
        mysql_engine="InnoDB",
    )
    op.create_index(op.f("ix_patient_phones_number"), "patient_phones", ["number"], unique=False)
    op.create_table(
        "pre_registrations",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=True, nullable=False),
        sa.Column("cpf", db.types.BinText(length=11), nullable=True),
        sa.Column("birth_date", sa.Date(), nullable=False),
        sa.Column("phone", db.types.BinText(length=20), nullable=True),
        sa.Column("name_note_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("protocol", db.types.BinText(length=20), nullable=True),
        sa.Column("status", db.types.BinText(length=10), nullable=False),
        sa.Column("patient_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("booking_version", sa.Integer(), nullable=False),
        sa.Column("created_at", db.types.UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(["patient_id"], ["patients.id"], name=op.f("fk_pre_registrations_patient_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_pre_registrations")),
        mysql_charset="utf8mb4",
        mysql_collate="utf8mb4_bin",
        mysql_engine="InnoDB",
    )
    op.create_index(op.f("ix_pre_registrations_cpf"), "pre_registrations", ["cpf"], unique=False)
    op.create_table(
        "appointments",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=True, nullable=False),
        sa.Column("code", db.types.BinText(length=6), nullable=False),
        sa.Column("patient_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("pre_registration_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("doctor_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("unit_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("specialty_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("kind_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("payer_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("return_of", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("modality", db.types.BinText(length=10), nullable=False),
        sa.Column("starts_at", db.types.UtcDateTime(), nullable=False),
        sa.Column("ends_at", db.types.UtcDateTime(), nullable=False),
        sa.Column("slot_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("live", sa.Integer(), nullable=True),
        sa.Column("status", db.types.BinText(length=10), nullable=False),
        sa.Column("cancel_reason", db.types.BinText(length=40), nullable=True),
        sa.Column("confirmed_at", db.types.UtcDateTime(), nullable=True),
        sa.Column("confirmed_via", db.types.BinText(length=20), nullable=True),
        sa.Column("replaced_by", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("replaces", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("answer_by", db.types.UtcDateTime(), nullable=True),
        sa.Column("price_cents", sa.Integer(), nullable=True),
        sa.Column("via", db.types.BinText(length=20), nullable=False),
        sa.Column("caller", db.types.BinText(length=20), nullable=True),
        sa.Column("caller_day", sa.Date(), nullable=True),
        sa.Column("caller_n", sa.Integer(), nullable=True),
        sa.Column("idempotency_key", db.types.BinText(length=120), nullable=True),
        sa.Column("extra_day", sa.Date(), nullable=True),
        sa.Column("extra_n", sa.Integer(), nullable=True),
        sa.Column("extra_reason", db.types.BinText(length=255), nullable=True),
        sa.Column("tell_by_phone", sa.Boolean(), nullable=False),
        sa.Column("created_at", db.types.UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(["doctor_id"], ["doctors.id"], name=op.f("fk_appointments_doctor_id")),
        sa.ForeignKeyConstraint(["kind_id"], ["visit_kinds.id"], name=op.f("fk_appointments_kind_id")),
        sa.ForeignKeyConstraint(["patient_id"], ["patients.id"], name=op.f("fk_appointments_patient_id")),
        sa.ForeignKeyConstraint(["payer_id"], ["payers.id"], name=op.f("fk_appointments_payer_id")),
        sa.ForeignKeyConstraint(
            ["pre_registration_id"], ["pre_registrations.id"], name=op.f("fk_appointments_pre_registration_id")
        ),
        sa.ForeignKeyConstraint(["replaced_by"], ["appointments.id"], name=op.f("fk_appointments_replaced_by")),
        sa.ForeignKeyConstraint(["replaces"], ["appointments.id"], name=op.f("fk_appointments_replaces")),
        sa.ForeignKeyConstraint(["return_of"], ["appointments.id"], name=op.f("fk_appointments_return_of")),
        sa.ForeignKeyConstraint(["specialty_id"], ["specialties.id"], name=op.f("fk_appointments_specialty_id")),
        sa.ForeignKeyConstraint(["unit_id"], ["units.id"], name=op.f("fk_appointments_unit_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_appointments")),
        sa.UniqueConstraint(
            "caller", "caller_day", "caller_n", name=op.f("uq_appointments_caller_caller_day_caller_n")
        ),
        sa.UniqueConstraint("code", "live", name=op.f("uq_appointments_code_live")),
        sa.UniqueConstraint(
            "doctor_id", "extra_day", "extra_n", name=op.f("uq_appointments_doctor_id_extra_day_extra_n")
        ),
        sa.UniqueConstraint("idempotency_key", name=op.f("uq_appointments_idempotency_key")),
        sa.UniqueConstraint("patient_id", "starts_at", "live", name=op.f("uq_appointments_patient_id_starts_at_live")),
        sa.UniqueConstraint("pre_registration_id", "live", name=op.f("uq_appointments_pre_registration_id_live")),
        sa.UniqueConstraint("slot_id", "live", name=op.f("uq_appointments_slot_id_live")),
        mysql_charset="utf8mb4",
        mysql_collate="utf8mb4_bin",
        mysql_engine="InnoDB",
    )
    op.create_index("ix_appointments_doctor_start", "appointments", ["doctor_id", "starts_at"], unique=False)
    op.create_index("ix_appointments_status_answer_by", "appointments", ["status", "answer_by"], unique=False)
    op.create_table(
        "calls",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=True, nullable=False),
        sa.Column("uniqueid", db.types.BinText(length=64), nullable=False),
        sa.Column("linkedid", db.types.BinText(length=64), nullable=False),
        sa.Column("caller", db.types.BinText(length=20), nullable=True),
        sa.Column("dialled", db.types.BinText(length=40), nullable=False),
        sa.Column("unit_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("patient_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("pre_registration_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("started_at", db.types.UtcDateTime(), nullable=False),
        sa.Column("ended_at", db.types.UtcDateTime(), nullable=True),
        sa.Column("menu", db.types.BinText(length=40), nullable=False),
        sa.Column("trail", sa.Text(), nullable=False),
        sa.Column("outcome", db.types.BinText(length=40), nullable=True),
        sa.Column("rating", sa.Integer(), nullable=True),
        sa.Column("resume", sa.JSON(), nullable=True),
        sa.ForeignKeyConstraint(["patient_id"], ["patients.id"], name=op.f("fk_calls_patient_id")),
        sa.ForeignKeyConstraint(
            ["pre_registration_id"], ["pre_registrations.id"], name=op.f("fk_calls_pre_registration_id")
        ),
        sa.ForeignKeyConstraint(["unit_id"], ["units.id"], name=op.f("fk_calls_unit_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_calls")),
        sa.UniqueConstraint("uniqueid", name=op.f("uq_calls_uniqueid")),
        mysql_charset="utf8mb4",
        mysql_collate="utf8mb4_bin",
        mysql_engine="InnoDB",
    )
    op.create_index(op.f("ix_calls_linkedid"), "calls", ["linkedid"], unique=False)
    op.create_index("ix_calls_patient_ended", "calls", ["patient_id", "ended_at"], unique=False)
    op.create_table(
        "waiting_list",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=True, nullable=False),
        sa.Column("patient_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("pre_registration_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("specialty_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("doctor_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("unit_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("payer_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("period", db.types.BinText(length=10), nullable=True),
        sa.Column("wish", db.types.BinText(length=120), nullable=False),
        sa.Column("live", sa.Integer(), nullable=True),
        sa.Column("status", db.types.BinText(length=10), nullable=False),
        sa.Column("via", db.types.BinText(length=20), nullable=False),
        sa.Column("protocol", db.types.BinText(length=20), nullable=True),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("created_at", db.types.UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(["doctor_id"], ["doctors.id"], name=op.f("fk_waiting_list_doctor_id")),
        sa.ForeignKeyConstraint(["patient_id"], ["patients.id"], name=op.f("fk_waiting_list_patient_id")),
        sa.ForeignKeyConstraint(["payer_id"], ["payers.id"], name=op.f("fk_waiting_list_payer_id")),
        sa.ForeignKeyConstraint(
            ["pre_registration_id"], ["pre_registrations.id"], name=op.f("fk_waiting_list_pre_registration_id")
        ),
        sa.ForeignKeyConstraint(["specialty_id"], ["specialties.id"], name=op.f("fk_waiting_list_specialty_id")),
        sa.ForeignKeyConstraint(["unit_id"], ["units.id"], name=op.f("fk_waiting_list_unit_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_waiting_list")),
        sa.UniqueConstraint("wish", "live", name=op.f("uq_waiting_list_wish_live")),
        mysql_charset="utf8mb4",
        mysql_collate="utf8mb4_bin",
        mysql_engine="InnoDB",
    )
    op.create_index(
        "ix_waiting_list_specialty_status_created",
        "waiting_list",
        ["specialty_id", "status", "created_at"],
        unique=False,
    )
    op.create_table(
        "appointment_changes",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=True, nullable=False),
        sa.Column("appointment_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("at", db.types.UtcDateTime(), nullable=False),
        sa.Column("event", db.types.BinText(length=20), nullable=False),
        sa.Column("from_status", db.types.BinText(length=10), nullable=True),
        sa.Column("to_status", db.types.BinText(length=10), nullable=False),
        sa.Column("by", db.types.BinText(length=60), nullable=False),
        sa.Column("via", db.types.BinText(length=20), nullable=False),
        sa.Column("call_id", db.types.BinText(length=64), nullable=True),
        sa.Column("note", db.types.BinText(length=255), nullable=False),
        sa.ForeignKeyConstraint(
            ["appointment_id"], ["appointments.id"], name=op.f("fk_appointment_changes_appointment_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_appointment_changes")),
        mysql_charset="utf8mb4",
        mysql_collate="utf8mb4_bin",
        mysql_engine="InnoDB",
    )
    op.create_index(
        op.f("ix_appointment_changes_appointment_id"), "appointment_changes", ["appointment_id"], unique=False
    )
    op.create_table(
        "voice_notes",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=True, nullable=False),
        sa.Column("kind", db.types.BinText(length=20), nullable=False),
        sa.Column("path", db.types.BinText(length=255), nullable=False),
        sa.Column("seconds", sa.Integer(), nullable=False),
        sa.Column("protocol", db.types.BinText(length=20), nullable=True),
        sa.Column("call_uniqueid", db.types.BinText(length=64), nullable=True),
        sa.Column("patient_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("pre_registration_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("appointment_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("created_at", db.types.UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(["appointment_id"], ["appointments.id"], name=op.f("fk_voice_notes_appointment_id")),
        sa.ForeignKeyConstraint(["patient_id"], ["patients.id"], name=op.f("fk_voice_notes_patient_id")),
        sa.ForeignKeyConstraint(
            ["pre_registration_id"], ["pre_registrations.id"], name=op.f("fk_voice_notes_pre_registration_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_voice_notes")),
        mysql_charset="utf8mb4",
        mysql_collate="utf8mb4_bin",
        mysql_engine="InnoDB",
    )
    op.create_index(op.f("ix_voice_notes_call_uniqueid"), "voice_notes", ["call_uniqueid"], unique=False)
    op.execute("INSERT INTO clinic_profile (id, data, directory_version) VALUES (1, '{}', 0)")


def downgrade() -> None:
    """Back to an empty database."""
    tables = """
        voice_notes appointment_changes waiting_list calls appointments pre_registrations
        patient_phones doctor_specialties working_hours specialties slots prices
        patients opening_hours holidays doctor_payers absences visit_kinds
        units spoken_names protocols payers live_channels guesses
        doctors clinic_profile audit asterisk_links
    """
    for table in tables.split():
        op.drop_table(table)
