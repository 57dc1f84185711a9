"""What the tests of /telefone in a browser share."""

from playwright.sync_api import Page, expect

LISTEN = """
  window.sounded = [];
  const start = AudioScheduledSourceNode.prototype.start;
  AudioScheduledSourceNode.prototype.start = function (...args) {
    sounded.push(this instanceof OscillatorNode ? `tone ${this.frequency.value}` : "recording");
    return start.apply(this, args);
  };
  const play = AudioBufferSourceNode.prototype.start;
  AudioBufferSourceNode.prototype.start = function (...args) {
    sounded.push("recording");
    return play.apply(this, args);
  };
  const stop = AudioScheduledSourceNode.prototype.stop;
  AudioScheduledSourceNode.prototype.stop = function (...args) {
    if (!args.length) sounded.push("cut");
    return stop.apply(this, args);
  };
"""


def until(page: Page, script: str) -> None:
    """Wait for a script to be true; the page's own policy forbids Playwright to wait inside it."""
    for _ in range(1200):
        if page.evaluate(script):
            return
        page.wait_for_timeout(50)
    raise AssertionError(script)


def in_the_menu(page: Page) -> Page:
    """Call, and be the first patient."""
    page.locator("#call").click()
    page.get_by_role("button", name="Digitar por mim: CPF de Helena Duarte").click()
    expect(page.locator("#heard")).to_contain_text("data de nascimento")
    page.get_by_role("button", name="Digitar por mim: Nascimento de Helena Duarte").click()
    expect(page.locator("#heard")).to_contain_text("Próxima consulta: quinta-feira,")
    return page


def opened(page: Page) -> Page:
    """The page with the reader's own menu open, where the colours are chosen."""
    page.locator(".own-menu > summary").click()
    return page
