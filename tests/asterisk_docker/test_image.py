"""The image and the composition, as far as they can be read without a container engine."""

import re
import subprocess
from pathlib import Path

import pytest
import yaml

from agi.server import FINISH_SECONDS, WRITE_SECONDS
from alo import parser
from clinic.settings import Settings, variable

REPO = Path(__file__).resolve().parents[2]
FOLDER = REPO / "asterisk-docker"
COMPOSE = yaml.safe_load((FOLDER / "compose.yaml").read_text())
SERVICES = COMPOSE["services"]
DOCKERFILE = (FOLDER / "Dockerfile").read_text()
UP = (FOLDER / "up").read_text()


def our_services():
    return {name: service for name, service in SERVICES.items() if service.get("image") == "alo-clinica"}


def test_the_composition_has_every_part():
    assert SERVICES.keys() >= {"mysql", "asterisk", "agi", "web", "live", "nginx", "worker", "ami"}


@pytest.mark.parametrize("name", our_services())
def test_each_service_runs_a_command_that_exists(name):
    assert parser().parse_args(SERVICES[name]["command"])


def test_every_setting_of_the_services_exists():
    known = {variable(field) for field in Settings.model_fields}
    assert all(service["environment"].keys() <= known for service in our_services().values())


def test_every_setting_of_asterisk_is_explained_in_its_script():
    assert [name for name in SERVICES["asterisk"]["environment"] if name not in UP.split("set -euo")[0]] == []


def test_nothing_is_open_to_the_network_unless_asked_for():
    ports = [port for service in SERVICES.values() for port in service.get("ports", [])]
    assert ports and all(port.startswith(("127.0.0.1:", "${ALO_PUBLISH:-127.0.0.1}:")) for port in ports)


def test_the_rtp_ports_published_are_those_asterisk_uses():
    settings = SERVICES["asterisk"]["environment"]
    rtp = f"{settings['ALO_RTP_START']}-{settings['ALO_RTP_END']}"
    assert any(f":{rtp}:{rtp}/udp" in port for port in SERVICES["asterisk"]["ports"])


def test_no_secret_has_a_default():
    text = (FOLDER / "compose.yaml").read_text()
    assert set(re.findall(r"\$\{(\w+(?:PASSWORD|SECRET))(\W)", text)) == {
        ("ALO_MYSQL_PASSWORD", ":"),
        ("ALO_AMI_SECRET", ":"),
        ("ALO_BROKER_PASSWORD", "-"),  # nothing, where there is no broker
    }
    assert not re.search(r"(PASSWORD|SECRET):-", text)


def test_calls_have_time_to_end_before_their_server_is_killed():
    assert int(SERVICES["agi"]["stop_grace_period"].rstrip("s")) > FINISH_SECONDS + WRITE_SECONDS


def test_without_being_asked_for_there_is_no_broker():
    optional = {name for name, service in SERVICES.items() if "profiles" in service}
    assert optional == {"rabbitmq", "consumer", "consumer-webhooks"}
    assert SERVICES["worker"]["environment"]["ALO_BROKER_URL"] == "${ALO_BROKER_URL:-}"


@pytest.mark.parametrize("name", ["mysql", "agi", "web", "live", "rabbitmq"])
def test_whether_a_server_serves_is_looked_at(name):
    assert SERVICES[name]["healthcheck"]["test"]


def test_the_test_telephone_calls_the_server_of_another_container():
    assert SERVICES["live"]["environment"]["ALO_AGI_HOST"] == "agi"


@pytest.mark.parametrize("scheme", ["http", "https"])
def test_nginx_is_told_all_that_its_files_ask_for(scheme):
    asked = set(re.findall(r"\$\{(ALO_\w+)\}", (FOLDER / "web" / f"{scheme}.conf.template").read_text()))
    assert asked and asked <= SERVICES["nginx"]["environment"].keys()


def test_pages_behind_nginx_believe_it_and_nobody_else():
    trusted = [SERVICES[name]["environment"]["ALO_TRUSTED_PROXIES"] for name in ("web", "live")]
    assert trusted == [1, 1] and "ports" not in SERVICES["web"] and "ports" not in SERVICES["live"]


def test_asterisk_and_the_server_share_the_spool_and_the_path_of_the_prompts():
    assert (
        "spool:/var/spool/alo" in SERVICES["asterisk"]["volumes"]
        and "spool:/var/spool/alo" in SERVICES["agi"]["volumes"]
    )
    assert "prompts/sounds /opt/alo-clinica/prompts/sounds" in DOCKERFILE and "WORKDIR /opt/alo-clinica" in DOCKERFILE


def test_both_targets_exist():
    targets = set(re.findall(r"^FROM \S+ AS (\w+)", DOCKERFILE, re.M))
    assert {service["build"]["target"] for service in SERVICES.values() if "build" in service} == targets


def test_what_the_image_copies_is_there():
    copied = [words for line in re.findall(r"^COPY (.+)", DOCKERFILE, re.M) for words in line.split()[:-1]]
    assert [source for source in copied if not (REPO / source).exists()] == []


def test_neither_image_runs_as_root():
    assert re.findall(r"^USER (.+)", DOCKERFILE, re.M) == ["asterisk:alo", "alo:alo"]


def run(*command, **environment):
    """One of the folder's scripts, with nothing of this environment but what is given."""
    environment = {"PATH": "/usr/sbin:/usr/bin:/sbin:/bin"} | environment
    return subprocess.run(command, check=False, env=environment, capture_output=True, text=True)


@pytest.mark.parametrize("script", ["up", "down", "cli", "in-root", "provision.sh", "env.sh"])
def test_a_script_is_sound_bash(script):
    assert run("bash", "-n", FOLDER / script).stderr == ""


def test_down_leaves_a_process_alone_that_got_the_old_pid(tmp_path):
    with subprocess.Popen(["sleep", "60"]) as stranger:
        (tmp_path / "asterisk.pid").write_text(str(stranger.pid))
        assert run(FOLDER / "down", ALO_ASTERISK_RUN=str(tmp_path)).returncode == 0
        assert stranger.poll() is None and not (tmp_path / "asterisk.pid").exists()
        stranger.kill()


def test_cli_without_an_asterisk_says_how_to_start_one(tmp_path):
    told = run(FOLDER / "cli", "core", "show", ALO_ASTERISK_RUN=str(tmp_path))
    assert told.returncode == 1 and "alo asterisk up" in told.stderr


def test_an_unknown_part_is_not_provisioned():
    told = run(FOLDER / "provision.sh", "nothing")
    assert told.returncode == 2 and "asterisk" in told.stderr
