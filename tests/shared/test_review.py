"""The reviewer of pages must not be softened by what it has read before."""

from __future__ import annotations

import pytest

from tests.support.client import review, shape_of

PAGE = '<!doctype html><html lang="en"><head><title>A</title></head><body><main id="main"><div id="a" class="one">{}</div></main></body></html>'
SOUND = PAGE.format('Words &amp; more <a href="/b" id="b">B</a>')


@pytest.mark.parametrize("inside", [
    'Words &amp; more <a href="/b" id="a">B</a>',
    'Words &amp; more <a href="/b" id=a>B</a>',
    'Words &amp; more <a href="/b" style="color: red" id="b">B</a>',
    'Words &amp; more <a href="/b" onclick="go()" id="b">B</a>',
    'Words &amp; more <a href="/b" id="b">B</b></a>',
    'Words &nosuch more <a href="/b" id="b">B</a>',
    "Words & more <a href='/b' href='/c' id='b'>B</a>",
    '<script>go()</script>',
    '<form\n method="post" action="/b"><button>Go</button></form>',
    '<form method="post" action="/b"><button>Go</button></form>',
    '<form method="post" action="/b"><input type="hidden" name="csrf_token" value=""></form>',
    '<table><tr><td>A</table></td>',
    'a\x01b',
])
def test_a_fault_is_named_also_after_a_sound_page_and_every_time(inside: str) -> None:
    review(SOUND, "/sound")
    review(PAGE.format('<form method="post" action="/b"><input type="hidden" name="csrf_token" value="abc"></form>'), "/form")
    review(PAGE.format('<form\n method="get" action="/b"><button>Go</button></form>'), "/search")
    for _ in range(2):
        with pytest.raises(AssertionError, match="/there: "):
            review(PAGE.format(inside), "/there")


def test_pages_of_one_shape_differ_in_words_and_values_alone() -> None:
    other = '&amp; <a href="/another?c=d" id="c">Some other words, “quoted”</a>'
    assert shape_of(SOUND) == shape_of(PAGE.format('Words &amp; more <a href="/c" id="c">Some other words, “quoted”</a>'))
    assert shape_of(SOUND) != shape_of(PAGE.format(other))  # what is written with an ampersand stays as it is
    assert shape_of(SOUND) != shape_of(SOUND.replace('href="/b"', 'href=""'))
    assert shape_of(SOUND) != shape_of(SOUND.replace("<a ", "<b ").replace("</a>", "</b>"))
