"""What an installation sets: ALO_… in the environment, each also as ALO_…_FILE naming a file with the value."""

import os
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Any, Literal
from urllib.parse import urlsplit

from pydantic import BeforeValidator, Field, SecretStr, ValidationError
from pydantic.fields import FieldInfo
from pydantic_settings import BaseSettings, NoDecode, PydanticBaseSettingsSource, SettingsConfigDict

from clinic.terminal import why

PREFIX = "ALO_"
SHIPPED_SOUNDS = Path(__file__).resolve().parent.parent / "prompts" / "sounds"
DRIVERS = {"mysql": "mysql+pymysql", "mariadb": "mysql+pymysql"}

Port = Annotated[int, Field(ge=1, le=65535)]
Hour = Annotated[int, Field(ge=0, le=23)]
Hours = Annotated[int, Field(ge=0, le=24 * 60)]


class BadSettings(Exception):
    """Settings that cannot be used; `problems` holds one line each, in Portuguese, with the remedy."""

    def __init__(self, problems: tuple[str, ...]) -> None:
        super().__init__("\n".join(problems))
        self.problems = problems


def _database(value: str) -> str:
    """Any spelling of a supported database as SQLAlchemy wants it; ValueError for another one."""
    scheme, found, rest = value.partition("://")
    scheme = DRIVERS.get(scheme, scheme)
    if not found or scheme not in ("sqlite", "mysql+pymysql"):
        raise ValueError("use sqlite:///arquivo.sqlite ou mysql+pymysql://usuario:senha@servidor/banco")
    return f"{scheme}://{rest}"


def _address(value: str) -> str:
    """An address of pages, without the slash at its end; ValueError for what is none, or not safe."""
    parts = urlsplit(value)
    local = parts.hostname in ("localhost", "127.0.0.1", "::1")
    if value and (not parts.netloc or (parts.scheme != "https" and not (parts.scheme == "http" and local))):
        raise ValueError("use https://endereço")
    return value.rstrip("/")


def _broker(value: str) -> str:
    """A RabbitMQ's address; ValueError for another one."""
    if value and not value.startswith(("amqp://", "amqps://")):
        raise ValueError("use amqp://usuario:senha@servidor:5672/vhost")
    return value


def _folders(value: Any) -> Any:
    """A list as in PATH: folders with ':' between them."""
    return [Path(part) for part in value.split(os.pathsep) if part] if isinstance(value, str) else value


def _numbers(value: Any) -> Any:
    """Whole numbers with anything between them: "48,3", "21-8"."""
    return tuple(re.findall(r"\d+", value)) if isinstance(value, str) else value


def _words(value: Any) -> Any:
    """Names with blanks, commas or ':' between them."""
    return tuple(re.findall(r"[^\s,;:]+", value)) if isinstance(value, str) else value


class Settings(BaseSettings):
    """One installation. Built from the environment by `load`, or from keywords in tests."""

    model_config = SettingsConfigDict(env_prefix=PREFIX, frozen=True, extra="forbid", env_ignore_empty=True)

    database_url: Annotated[str, BeforeValidator(_database)] = Field(
        default="sqlite:///var/alo.sqlite",
        repr=False,
        description="Banco de dados: SQLite (um arquivo), MySQL ou MariaDB.",
    )
    agi_host: str = Field(default="127.0.0.1", description="Endereço em que o servidor FastAGI escuta.")
    agi_port: Port = Field(default=4573, description="Porta do servidor FastAGI.")
    web_host: str = Field(default="127.0.0.1", description="Endereço em que as páginas são servidas.")
    web_port: Port = Field(default=8000, description="Porta das páginas.")
    live_port: Port = Field(default=8001, description="Porta de `alo live`, quando as páginas estão sob granian.")
    prompts_dir: Annotated[tuple[Path, ...], NoDecode, BeforeValidator(_folders)] = Field(
        default=(),
        description="Pastas com as gravações da própria clínica, separadas por ':', procuradas antes das nossas.",
    )
    spool: Path = Field(default=Path("var/spool"), description="Pasta comum com o Asterisk: nomes falados e gravações.")
    recordings_days: int = Field(
        default=90,
        ge=1,
        description="Dias que as ligações gravadas ficam guardadas; em uma operadora, nunca menos de 90.",
    )
    messages_days: int = Field(
        default=1095,
        ge=1,
        description="Dias que recados e nomes falados ficam guardados; em uma operadora, nunca menos de 738.",
    )
    max_calls: int = Field(
        default=1000, ge=1, description="Ligações ao mesmo tempo; a seguinte ouve que as linhas estão ocupadas."
    )
    metrics_port: int = Field(
        default=0, ge=0, le=65535, description="Porta das métricas (Prometheus) da telefonia; 0 desliga."
    )
    ami_host: str = Field(default="127.0.0.1", description="Endereço do Asterisk Manager Interface.")
    ami_port: Port = Field(default=5038, description="Porta do Asterisk Manager Interface.")
    ami_user: str = Field(default="", description="Usuário do AMI; vazio: o Asterisk não é observado.")
    ami_secret: SecretStr = Field(default=SecretStr(""), description="Senha do AMI.")
    secret_key: SecretStr = Field(
        default=SecretStr(""), description="Chave que protege os códigos de acesso da equipe; vazia: não são pedidos."
    )
    api_per_minute: int = Field(
        default=600,
        ge=1,
        description="Pedidos por minuto que cada token pode fazer à API; os de uma pessoa juntos, cinco vezes isso.",
    )
    public_url: Annotated[str, BeforeValidator(_address)] = Field(
        default="", description="Endereço das páginas para quem recebe um e-mail, assim: https://clinica.example."
    )
    trusted_proxies: int = Field(
        default=0, ge=0, le=5, description="Quantos proxies (nginx) há diante das páginas; 0: nenhum."
    )
    smtp_url: SecretStr = Field(
        default=SecretStr(""),
        description="Servidor de e-mail: smtp://usuario:senha@servidor:587; vazio: ficam em ALO_MAIL_DIR.",
    )
    mail_dir: Path = Field(default=Path("var/mail"), description="Pasta dos e-mails enquanto não há ALO_SMTP_URL.")
    mail_from: str = Field(default="nao-responda@localhost", description="Remetente dos e-mails.")
    imap_url: SecretStr = Field(
        default=SecretStr(""),
        description="Caixa de ALO_MAIL_FROM, onde chegam os e-mails que voltam: imaps://usuario:senha@servidor/INBOX.",
    )
    imap_done: str = Field(default="Devolvidos", description="Pasta dessa caixa para onde vão os avisos já lidos.")
    reminder_hours: Annotated[tuple[Hours, ...], NoDecode, BeforeValidator(_numbers)] = Field(
        default=(48, 3), description="Quantas horas antes da consulta vai cada lembrete, assim: 48,3; 0: nenhum."
    )
    quiet_hours: Annotated[tuple[Hour, Hour], NoDecode, BeforeValidator(_numbers)] = Field(
        default=(21, 8), description="Das 21 às 8, na hora da unidade, ninguém é lembrado; 0,0: sempre pode."
    )
    offer_minutes: int = Field(
        default=120,
        ge=0,
        le=2880,
        description="Minutos que uma vaga fica guardada para quem espera, fora a noite; 0: só a recepção oferece.",
    )
    sms_url: SecretStr = Field(
        default=SecretStr(""),
        description="Endereço HTTP de quem envia SMS, com {to}, {e164}, {text} e {id} onde couberem; vazio: sem SMS.",
    )
    sms_headers: SecretStr = Field(
        default=SecretStr(""), description="Cabeçalhos para quem envia SMS, um por linha: Authorization: Bearer …"
    )
    sms_body: str = Field(
        default="", description="Corpo do pedido a quem envia SMS, em JSON ou formulário, com {to}, {text} e {id}."
    )
    sms_parts: int = Field(default=2, ge=1, le=10, description="Partes (pagas) que um SMS pode ter; o resto é cortado.")
    sms_accents: bool = Field(
        default=False, description="Mantém os acentos nos SMS, que então custam mais do que o dobro."
    )
    webhook_hosts: Annotated[tuple[str, ...], NoDecode, BeforeValidator(_words)] = Field(
        default=(),
        description="Servidores da rede da clínica que podem receber eventos (/integracoes); vazio: só os da internet.",
    )
    broker_url: Annotated[SecretStr, BeforeValidator(_broker)] = Field(
        default=SecretStr(""),
        description="RabbitMQ que leva as mensagens a quem as envia: amqp://usuario:senha@servidor; vazio: sem ele.",
    )
    oidc_issuer: Annotated[str, BeforeValidator(_address)] = Field(
        default="", description="Provedor OpenID Connect com que a equipe também entra; vazio: nenhum."
    )
    oidc_client_id: str = Field(default="", description="Nome desta clínica no provedor OpenID Connect.")
    oidc_client_secret: SecretStr = Field(default=SecretStr(""), description="Segredo desta clínica no provedor.")
    oidc_name: str = Field(default="a conta da empresa", description="O que o botão diz depois de “Entrar com”.")
    test_phone: bool = Field(
        default=False, description="Liga a página /telefone fora da demonstração, só para administradores."
    )
    demo: bool = Field(default=False, description="Clínica de demonstração: dados fictícios e /telefone aberto.")
    log_level: Literal["DEBUG", "INFO", "WARNING", "ERROR"] = Field(default="INFO", description="O que é registrado.")

    @property
    def secrets_key(self) -> str:
        """What the secrets of one-time codes are encrypted with; the demo, which holds nobody's data, has its own."""
        return self.secret_key.get_secret_value() or ("demo" if self.demo else "")

    @property
    def pages_url(self) -> str:
        """Where people reach the pages; never taken from what a browser says."""
        return self.public_url or f"http://{self.web_host}:{self.web_port}"

    @property
    def prompt_folders(self) -> tuple[Path, ...]:
        """Where a prompt is looked for, in order, absolute: the clinic's own, the shipped ones, rendered names."""
        return (*(folder.absolute() for folder in self.prompts_dir), SHIPPED_SOUNDS, self.names_folder)

    @property
    def names_folder(self) -> Path:
        """Where rendered names are written, absolute."""
        return self.spool.absolute() / "names"

    @property
    def recordings_folder(self) -> Path:
        """Where Asterisk writes what callers say, absolute."""
        return self.spool.absolute() / "recordings"

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,  # noqa: ARG003 - pydantic's signature
        file_secret_settings: PydanticBaseSettingsSource,  # noqa: ARG003
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        """Keywords, then the environment, then the files it names."""
        return init_settings, env_settings, NamedFiles(settings_cls)


class NamedFiles(PydanticBaseSettingsSource):
    """ALO_X_FILE: the value of X is what the file holds, as Docker and systemd hand over secrets."""

    def get_field_value(self, field: FieldInfo, field_name: str) -> tuple[Any, str, bool]:  # noqa: ARG002
        """The file's text, or None where no file is named; BadSettings when it cannot be had."""
        return named_file(variable(field_name), os.environ), field_name, False

    def __call__(self) -> dict[str, Any]:
        """All values that come from files."""
        fields = self.settings_cls.model_fields
        found = {name: self.get_field_value(field, name)[0] for name, field in fields.items()}
        return {name: value for name, value in found.items() if value is not None}


def variable(field_name: str) -> str:
    """The environment variable of a field."""
    return PREFIX + field_name.upper()


def named_file(name: str, env: Mapping[str, str]) -> str | None:
    """What the file named by NAME_FILE holds; BadSettings when NAME is set too, or the file cannot be read."""
    path = env.get(f"{name}_FILE")
    if not path:
        return None
    if env.get(name):
        raise BadSettings((f"{name} e {name}_FILE estão definidas: deixe só uma das duas.",))
    try:
        return Path(path).read_text(encoding="utf-8").strip()
    except (OSError, UnicodeDecodeError) as error:
        reason = why(error) if isinstance(error, OSError) else "não é um texto"
        raise BadSettings(
            (f"{name}_FILE: não consegui ler {path} ({reason}): confira o caminho e as permissões.",)
        ) from None


def as_environment(settings: Settings) -> dict[str, str]:
    """The settings as variables, for scripts that know nothing of files that name secrets."""
    return {variable(name): _as_text(value) for name, value in settings}


def _as_text(value: object) -> str:
    if isinstance(value, SecretStr):
        return value.get_secret_value()
    if isinstance(value, tuple):
        return os.pathsep.join(map(str, value))
    return str(int(value)) if isinstance(value, bool) else str(value)


def load() -> Settings:
    """The settings of this environment; BadSettings with a line for each thing that is wrong."""
    try:
        return Settings()
    except ValidationError as error:
        raise BadSettings(tuple(_in_portuguese(one) for one in error.errors(include_url=False))) from None


REASONS = {
    "int_parsing": "precisa ser um número inteiro",
    "bool_parsing": "use 1 (sim) ou 0 (não)",
    "greater_than_equal": "o menor valor é {ge}",
    "less_than_equal": "o maior valor é {le}",
    "literal_error": "use um destes: {expected}",
    "value_error": "{error}",
}


def _in_portuguese(error: Any) -> str:
    """One line for one of pydantic's errors; the value is not repeated, it may be a secret."""
    reason = REASONS.get(error["type"], "valor que não serve").format_map(error.get("ctx", {}))
    return f"{variable(str(error['loc'][0]))}: {reason.replace(' or ', ' ou ')}."
