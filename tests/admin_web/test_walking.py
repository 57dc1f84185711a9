"""How the pages of somebody are found."""

from tests.admin_web.walking import kind, walk

PAGES = {
    "/": ("/home?a=1", '<a class="x" href="/people/1">a</a><a href="/people/2">b</a><a href="/file.csv">c</a>'),
    "/people/1": ("/people/1", '<a href="/people/1/edit?x=1&amp;y=2">d</a><link href="/static/x.css"><a href="#y">'),
    "/people/1/edit?x=1&y=2": ("/people/1/edit?x=1&y=2", '<a href="/home">'),
}


def test_one_page_of_each_kind_is_found():
    assert walk(PAGES.get) == ["/home?a=1", "/people/1", "/people/1/edit?x=1&y=2"]


def test_what_is_known_is_not_looked_at():
    assert walk(PAGES.get, known={"/people/N"}) == ["/home?a=1"]


def test_there_may_be_an_end_to_it():
    assert walk(PAGES.get, most=2) == ["/home?a=1", "/people/1"]


def test_ids_make_no_other_kind():
    assert kind("/people/17/edit?x=3") == "/people/N/edit"
