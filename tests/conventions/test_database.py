"""Migrations have one head."""

from db import migrate


def test_there_is_one_head():
    assert len(migrate.heads()) == 1
