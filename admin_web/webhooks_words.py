"""What the pages of integrations say: events, states, faults, and how a program checks a signature."""

from admin_web import desk_words, messages_words
from clinic.webhooks.deliveries import Delivery
from clinic.webhooks.fanout import EVENTS, PING, REMOVED
from clinic.webhooks.subscriptions import MOST, Subscription

EVENT_NAMES = {one: desk_words.EVENTS.get(one, one) for one in EVENTS} | {
    REMOVED: "Importação desfeita", PING: "Teste",
}  # fmt: skip
STATUSES = {
    "waiting": ("espera", "clock", "news"), "sent": ("entregue", "circle-check", "good"),
    "failed": ("falhou", "circle-alert", "bad"), "silenced": ("não vale mais", "ban", ""),
}  # fmt: skip
CHOICES = {
    "situacao": [(code, one[0].capitalize()) for code, one in STATUSES.items()],
    "tipo": [(code, EVENT_NAMES[code]) for code in (*EVENTS, PING)],
}
BAD_URLS = {
    "bad-url": "Isto não é um endereço. Escreva como https://sistema.exemplo.com.br/avisos, sem usuário e sem #.",
    "long": "Cabe até 500 letras.",
    "not-https": "O endereço precisa começar com https://, para ninguém ler no caminho.",
    "private-address": "Este endereço é da rede interna, e daqui só se avisa a internet. Quem instala o sistema pode "
    "liberar um servidor em ALO_WEBHOOK_HOSTS.",
}
REASONS = {
    "paused": "a integração estava pausada", "gone": "o outro sistema disse que saiu do ar (410)",
    "timeout": "o outro sistema demorou demais", "unreachable": "não há resposta neste endereço",
    "no-tls": "o certificado do outro sistema não serve", "bad-url": "o endereço não serve",
    "not-https": "o endereço não é seguro (https)", "private-address": "o endereço leva à rede interna",
    "no-endpoint": "a integração, ou o segredo dela, não existe mais",
}  # fmt: skip
PAUSED = {
    "by_hand": "Pausada por alguém da equipe.",
    "failing": "Pausada pelo sistema: o outro lado não recebe nada há horas.",
    "gone": "Pausada pelo sistema: o outro lado disse que saiu do ar (410).",
}
LABEL_TAKEN = "Já existe uma integração com este nome. Se a página demorou, ela já foi criada: veja na lista."
TOO_MANY = f"Já há {MOST} integrações. Apague as que ninguém usa mais."
NO_EVENTS = "Escolha ao menos um acontecimento, ou “todos”."
STALE = "Outra pessoa mudou esta integração enquanto você escrevia. Confira e guarde de novo."
ROTATED = "Alguém mudou esta integração há pouco (talvez o segredo já seja novo). Confira antes de trocar."
NO_KEY = "Para guardar segredos, quem instala o sistema precisa definir ALO_SECRET_KEY."

EXAMPLE = '''import base64, hashlib, hmac, time

SEGREDO = "whsec_..."  # o que foi mostrado ao criar a integração


def confere(cabecalhos, corpo):
    """True se o pedido é da clínica. `corpo`: os bytes como chegaram, antes de ler o JSON."""
    nomes = {nome.lower(): valor for nome, valor in cabecalhos.items()}
    entrega, quando = nomes.get("webhook-id", ""), nomes.get("webhook-timestamp", "")
    if not quando.isdecimal() or abs(time.time() - int(quando)) > 300:
        return False  # velho: pode ser a repetição de um pedido que alguém copiou
    chave = base64.b64decode(SEGREDO.removeprefix("whsec_"))
    assinado = f"{entrega}.{quando}.".encode() + corpo
    certa = "v1," + base64.b64encode(hmac.new(chave, assinado, hashlib.sha256).digest()).decode()
    recebidas = nomes.get("webhook-signature", "").split()
    return any(hmac.compare_digest(uma.encode(), certa.encode()) for uma in recebidas)
'''
"""Shown as it is, and run as it is by a test."""


def event(delivery: Delivery) -> str:
    """What happened, in words."""
    return EVENT_NAMES.get(delivery.line.kind, delivery.line.kind)


def reason(code: str | None) -> str:
    """Why it was not taken; "" where it was."""
    return REASONS.get(code or "") or messages_words.reason(code)


def state(one: Subscription) -> tuple[str, str, str]:
    """How a program stands: words, icon, tone."""
    if one.paused_at is not None:
        return ("pausada", "ban", "warn" if one.paused_why == "by_hand" else "bad")
    if one.failures:
        return ("falhando", "triangle-alert", "warn")
    return ("ativa", "circle-check", "good")
