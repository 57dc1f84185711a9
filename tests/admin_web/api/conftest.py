"""The pages of the small clinic with a key for tokens, and programs in somebody's name."""

import pytest

from tests.admin_web.api.programs import Program
from tests.admin_web.site import make_site
from tests.clinic.small_clinic import same_clinic

KEY = "k" * 32


@pytest.fixture
def site(keyed, tmp_path):
    return make_site(keyed, tmp_path, demo=False, api_per_minute=1000)


@pytest.fixture
def keyed(clinic_templates, tmp_path):
    small = clinic_templates.copy("sqlite", tmp_path)
    keyed = same_clinic(small, str(small.database.url), tmp_path / "spool", secret_key=KEY)
    yield keyed
    keyed.database.close()
    small.database.close()


@pytest.fixture
def staff(site):
    return Program(site, "attendant")


@pytest.fixture
def manager(site):
    return Program(site, "manager")


@pytest.fixture
def patient(site):
    return Program(site, "patient")
