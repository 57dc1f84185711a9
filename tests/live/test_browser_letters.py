"""Letters as a telephone shows them."""

import pytest

from clinic.media.email import page
from clinic.media.email.page import Letterhead
from clinic.media.outgoing import Outgoing
from tests.live.browser import chromium

pytestmark = [pytest.mark.live, pytest.mark.xdist_group("browser")]
WORD = "W" * 60


def test_no_word_makes_a_letter_wider_than_the_telephone():
    message = Outgoing("0" * 32, "ana@example.com", "Consulta", f"Olá, {WORD}!\n\nOnde: https://example.com/{WORD}")
    with chromium() as browser:
        opened = browser.new_page(viewport={"width": 360, "height": 740})
        opened.set_content(page.written(message, Letterhead(WORD, WORD)))
        assert opened.evaluate("document.documentElement.scrollWidth") == 360
