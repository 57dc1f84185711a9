"""How a browser is called in a list of sessions: enough to recognise one's own."""

BROWSERS = (
    ("Edg", "Edge"), ("OPR", "Opera"), ("SamsungBrowser", "Samsung Internet"), ("Firefox", "Firefox"),
    ("Chrome", "Chrome"), ("CriOS", "Chrome"), ("FxiOS", "Firefox"), ("Safari", "Safari"),
)  # fmt: skip
SYSTEMS = (
    ("Android", "Android"), ("iPhone", "iPhone"), ("iPad", "iPad"), ("Windows", "Windows"), ("Mac OS X", "Mac"),
    ("CrOS", "Chromebook"), ("Linux", "Linux"),
)  # fmt: skip


def agent_words(agent: str) -> str:
    """As "Firefox no Windows"; "Navegador desconhecido" for what says nothing we know."""
    browser = next((words for mark, words in BROWSERS if f"{mark}/" in agent), "")
    system = next((words for mark, words in SYSTEMS if mark in agent), "")
    if not (browser or system):
        return "Navegador desconhecido"
    return f"{browser or 'Navegador'} no {system}" if system else browser
