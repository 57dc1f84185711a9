"""What pages say of the waiting list: what somebody waits for, and what has become of an offer."""

from clinic.roster import Roster
from clinic.waiting.places import InLine

PERIODS = (("morning", "De manhã"), ("afternoon", "À tarde"))
PERIOD = {"morning": "de manhã", "afternoon": "à tarde"}
MODALITY = {"in_person": "presencial", "video": "por vídeo"}
MODALITIES = (("in_person", "Presencial"), ("video", "Por vídeo"))
WISH = {
    "specialty": "Escolha a especialidade.", "doctor": "Este médico não atende esta especialidade.",
    "unit": "Escolha uma das unidades.", "unit_of_doctor": "Este médico não atende nesta unidade.",
    "payer": "Escolha um dos convênios.",
    "payer_of_doctor": "Este médico não atende este convênio.",
    "payer_there": "Este médico não atende este convênio nesta unidade.",
}  # fmt: skip
"""What does not fit in a wish."""
VIAS = {"telephone": "por telefone", "web": "pelo portal", "desk": "na recepção", "email": "por e-mail"}
ENDED = {
    "accepted": ("good", "circle-check", "Este horário já é seu", "Esperamos por você."),
    "pending": ("news", "hourglass", "Pedido enviado", "O médico ainda precisa aceitar; nós avisamos você."),
    "moved": ("", "calendar-check", "Esta consulta foi remarcada", "Veja no portal a nova data."),
    "cancelled": ("", "calendar-x", "Esta consulta não está mais marcada",
                  "Se ainda precisar, procure outro horário no portal, ou ligue para a recepção."),
    "declined": ("", "circle-check", "Você deixou este horário para outra pessoa",
                 "Você continua na lista de espera: avisamos quando abrir outro."),
    "lapsed": ("", "hourglass", "O prazo para responder passou",
               "Ele foi oferecido a outra pessoa. Você continua na lista de espera: avisamos quando abrir outro."),
    "met": ("", "calendar-check", "Você já tem a consulta que esperava",
            "Por isso este horário ficou para outra pessoa. Veja sua consulta no portal."),
    "left": ("", "x", "Você saiu da lista de espera", "Por isso este horário ficou para outra pessoa."),
    "taken": ("", "calendar-x", "A clínica precisou deste horário",
              "Pedimos desculpas. Você continua na lista de espera: avisamos quando abrir outro."),
    "gone": ("", "calendar-x", "Este horário não existe mais",
             "O médico não atenderá nele. Você continua na lista de espera: avisamos quando abrir outro."),
}  # fmt: skip
"""How an offer ended, for who got it: tone, icon, what, and what now."""
OVER = {
    "accepted": "Esta vaga já foi aceita.", "declined": "Esta vaga já foi recusada.",
    "lapsed": "O prazo desta vaga passou.", "met": "Esta pessoa já tem consulta marcada.",
    "left": "Esta pessoa saiu da lista.", "taken": "Este horário já foi retomado.",
    "gone": "Este horário não existe mais.",
    "cancelled": "Esta vaga já foi aceita, e a consulta não está mais marcada.",
}  # fmt: skip
"""The same, for the desk."""
NOT_OFFERED = {
    "over": "Esta pessoa já tem uma oferta, já recebeu esta ou saiu da lista.",
    "near": "Este horário está próximo demais para esperar uma resposta. Ligue e marque direto.",
    "payer": "Não se sabe quem paga: ligue, pergunte e marque direto.",
    "quota": "Neste dia a cota do convênio está cheia, contando o que já foi oferecido. Se for o caso, marque direto.",
    "unfit": "Este horário não serve: é curto demais, ou a pessoa já tem consulta nele.",
}
BACK = {
    "place": "De volta à lista, no mesmo lugar.",
    "time": "De volta à lista, no mesmo lugar, com o horário que estava guardado.",
    "time_lost": "De volta à lista, no mesmo lugar. O horário que estava guardado já é de outra pessoa.",
}
OVERLAPS = "Você já tem consulta em {when}. Desmarque-a antes, ou deixe este horário para outra pessoa."
NOT_ALLOWED = "Este horário não pode mais ser marcado assim. Ligue: a recepção procura com você."
GONE = "Este horário acabou de ser perdido. Você continua na lista de espera."


def wish(roster: Roster, one: InLine) -> str:
    """What somebody waits for, in one line."""
    said = [roster.specialty[one.specialty_id].name]
    said += [f"com {roster.doctors[one.doctor_id].name}"] if one.doctor_id else []
    said += [roster.unit[one.unit_id].name] if one.unit_id else []
    said += [roster.payer[one.payer_id].name] if one.payer_id else []
    said += [PERIOD[one.period]] if one.period in PERIOD else []
    said += [MODALITY[one.modality]] if one.modality in MODALITY else []
    return " · ".join(said)
