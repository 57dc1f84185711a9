"""Reports of letters that came back: Postfix's own, and such as Google and Exchange write them."""

from pathlib import Path

import pytest

from clinic.media.email.incoming import Bounced, bounces
from tests.clinic.media.letters import UID, written

REPORTS = Path(__file__).with_name("reports")


def report(name="postfix"):
    return (REPORTS / f"{name}.eml").read_bytes()


@pytest.mark.parametrize(
    ("name", "recipient", "status"),
    [
        ("postfix", "ana@gone.example", "5.1.1"),
        ("google", "ana@gone.example", "5.1.1"),
        ("exchange", "Ana@gone.example", "5.2.2"),
    ],
)
def test_a_report_names_the_letter_and_why_it_came_back(name, recipient, status):
    assert bounces(report(name)) == (Bounced(UID, recipient, status, failed=True),)


def test_the_letters_id_is_found_wherever_it_stands():
    """In the report, and without it in what came back of the letter."""
    returned = report().replace(b"Original-Envelope-Id: ", b"X-Nothing: ")
    assert [one.uid for one in bounces(returned)] == [UID]


@pytest.mark.parametrize("told", [b"ana+x=y@gone.example", b"ana+2Bx+3Dy@gone.example"])
def test_it_is_of_the_address_we_wrote_to_wherever_that_was_handed_on(told):
    handed_on = report().replace(b"Original-Recipient: rfc822;ana@", b"Original-Recipient: rfc822;" + told[:-13] + b"@")
    assert [one.recipient for one in bounces(handed_on)] == ["ana+x=y@gone.example"]


def test_what_is_only_late_has_not_failed():
    late = report().replace(b"Action: failed", b"Action: delayed").replace(b"Status: 5.1.1", b"Status: 4.4.1")
    assert bounces(late) == (Bounced(UID, "ana@gone.example", "4.4.1", failed=False),)


@pytest.mark.parametrize("action", [b"delivered", b"relayed", b"expanded", b"", b"x"])
def test_what_arrived_did_not_come_back(action):
    assert bounces(report().replace(b"Action: failed", b"Action: " + action)) == ()


def test_a_report_of_nothing_of_ours_is_passed_over():
    assert bounces(report().replace(UID.encode(), b"20261122.abc")) == ()


def test_a_status_that_is_none_counts_as_failed_for_reasons_unknown():
    silent = report().replace(b"Diagnostic-Code: smtp; 550 5.1.1", b"Diagnostic-Code: smtp; 550")
    [found] = bounces(silent.replace(b"Status: 5.1.1", b"Status: gone"))
    assert (found.status, found.failed) == ("5.0.0", True)


@pytest.mark.parametrize(
    ("answer", "status"),
    [
        (b"550 5.1.1 no such user", "5.1.1"),
        (b"552-5.2.2 The recipient's inbox is over quota", "5.2.2"),
        (b"550 no such user", "5.0.0"),
        (b"550 5.7.1.2 [10.5.1.1] is blocked", "5.0.0"),
    ],
)
def test_a_status_that_says_nothing_leaves_it_to_the_servers_answer(answer, status):
    """As Exim reports whatever failed."""
    exim = report().replace(b"Diagnostic-Code: smtp; 550 5.1.1", b"Diagnostic-Code: smtp; " + answer)
    assert [one.status for one in bounces(exim.replace(b"Status: 5.1.1", b"Status: 5.0.0"))] == [status]


@pytest.mark.parametrize(
    "raw", [b"", b"\x00\xff", b"Subject: x\n\nhello", written().data, report()[:900], report().replace(b"\n\n", b"\n")]
)
def test_what_is_no_report_is_none(raw):
    assert bounces(raw) == ()


def test_an_answer_to_a_letter_is_no_report_of_it():
    assert bounces(f"In-Reply-To: <{UID}@example.com>\nSubject: Re: x\n\nObrigada!".encode()) == ()
