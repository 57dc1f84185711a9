"""Asterisk's line in `alo check`."""

import asyncio
from collections.abc import Iterator
from typing import Any

from ami.main import address
from ami.wire import Trouble, Wire
from clinic.checks import Finding
from clinic.settings import Settings

NAME = "Asterisk"
SECONDS = 5.0


def probe(settings: Settings) -> Iterator[Finding]:
    """Whether the manager interface answers and lets us in, and whether Asterisk has a name."""
    where = f"{settings.ami_host}:{settings.ami_port}"
    if not settings.ami_user:
        yield Finding(NAME, "ok", "não é acompanhado (ALO_AMI_USER vazio); o telefone de teste não precisa dele")
        return
    try:
        told = asyncio.run(_settings_of(settings))
    except (Trouble, ValueError) as trouble:
        remedy = "Confira ALO_AMI_HOST, ALO_AMI_PORT, ALO_AMI_USER, ALO_AMI_SECRET e o manager.conf do Asterisk."
        yield Finding(NAME, "wrong", f"{where}: {trouble}", remedy)
        return
    yield Finding(NAME, "ok", f"{told.get('AsteriskVersion', '') or 'no ar'} em {where}")
    if not told.get("SystemName", ""):
        yield Finding(NAME, "warning", "não tem nome", "Em asterisk.conf, seção [options]: systemname = um-nome-curto")


async def _settings_of(settings: Settings) -> Any:
    at = address(settings)
    wire = await Wire.open(at, lambda _: None, SECONDS)
    try:
        await wire.log_in(at, events="off", seconds=SECONDS)
        return await wire.ask({"Action": "CoreSettings"}, SECONDS)
    finally:
        wire.close()
