"""Schemathesis on the whole API: for each role and for nobody, all checks, and never a fault of ours."""

from datetime import date

import pytest
import schemathesis
from hypothesis import HealthCheck, Phase, given, seed, settings
from hypothesis import strategies as st
from schemathesis.config import SchemathesisConfig
from schemathesis.generation import GenerationMode

from tests.admin_web.site import ROLES, make_site
from tests.clinic.small_clinic import same_clinic

EXAMPLES = 5
"""For each operation, role, and kind of data: fitting and unfitting."""
ODD = ["2xx", "401", "403", "404", "409", "412", "415", "422", "428", "503"]
CHECKS = {
    # What fits the contract may break a rule (422) or meet another's change (412); only 400 says that it does not fit.
    "positive_data_acceptance": {"expected-statuses": ODD},
    "negative_data_rejection": {
        "expected-statuses": ["400", "401", "403", "404", "405", "412", "415", "422", "428", "503"]
    },
    "missing_required_header": {"expected-statuses": ["400", "401", "403", "404", "405", "415", "428"]},
}
# Else our own code's literals are sent wherever a text may stand, also where a format of ours forbids it ("title" as a
# CPF), and what is sent changes with every change of the code.
ANALYSIS = {"constants": {"enabled": False}}
AS_IT_IS = {"Accept-Encoding": "identity"}
"""Schemathesis asks for gzip, and inside one process does not unpack it."""
CPFS = ["39053344705", "15350946056", "52998224725", "86288366757"]


def formats():
    """What our own formats mean, for who makes up data."""
    days = st.dates(min_value=date(2026, 1, 1), max_value=date(2027, 12, 31))
    schemathesis.openapi.format("cpf", st.sampled_from(CPFS))
    schemathesis.openapi.format("br-phone", st.sampled_from(["5511987654321", "551133334444"]))
    schemathesis.openapi.format("alo-date", days.map(str))
    schemathesis.openapi.format("birth-date", days.map(lambda day: str(day.replace(year=1980, day=1))))
    schemathesis.openapi.format("alo-date-time", days.map(lambda day: f"{day}T09:00:00-03:00"))


def near(value, name=""):
    """The same with ids that are likely to be there."""
    if isinstance(value, dict):
        return {key: near(one, key) for key, one in value.items()}
    if isinstance(value, list):
        return [near(one, name) for one in value]
    is_id = name.endswith(("_id", "_ids")) and isinstance(value, int) and not isinstance(value, bool)
    return value % 6 + 1 if is_id else value


@pytest.fixture
def site(clinic_templates, tmp_path):
    small = clinic_templates.copy("sqlite", tmp_path)
    keyed = same_clinic(small, str(small.database.url), tmp_path / "spool", secret_key="k" * 32)
    yield make_site(keyed, tmp_path, demo=False, api_per_minute=1_000_000)
    keyed.database.close()
    small.database.close()


def tries(operation, mode, headers):
    @seed(7)
    @settings(
        max_examples=EXAMPLES, deadline=None, database=None, derandomize=False, phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )  # fmt: skip
    @given(case=operation.as_strategy(generation_mode=mode))
    def run(case):
        if mode is GenerationMode.POSITIVE:
            case.path_parameters = near(case.path_parameters)
            case.body = near(case.body)
        case.call_and_validate(headers=AS_IT_IS | headers)

    return run


@pytest.mark.timeout(900)
@pytest.mark.parametrize("mode", list(GenerationMode), ids=lambda mode: mode.value)
@pytest.mark.parametrize("who", [None, *ROLES])
def test_everything_is_answered_as_described(site, who, mode):
    formats()
    config = SchemathesisConfig.from_dict({"checks": CHECKS, "analysis": ANALYSIS})
    schema = schemathesis.openapi.from_wsgi("/api/v1/openapi.json", site.app, config=config)
    session = site.clinic.sessions.open(site.user(who)) if who else None
    headers = {"Authorization": f"Bearer {site.clinic.tokens.of_session(session).access}"} if session else {}
    operations = [found.ok() for found in schema.get_all_operations()]
    assert len(operations) > 50
    for operation in operations:
        tries(operation, mode, headers)()
