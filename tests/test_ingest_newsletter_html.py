"""Newsletters from HTML: pages and mails as the usual services write them, in small."""

import time

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from corpus.records import Block
from ingest.newsletter.html_page import read_html
from ingest.newsletter.links import clean_link

WORDS = "A conversation about pricing, patience and the first hundred customers. " * 4


def lines(html, **options):
    return [block.text for block in read_html(html, **options).blocks]


def kinds(html):
    return [(block.kind, block.level) for block in read_html(html).blocks]


SUBSTACK_PAGE = f"""<!doctype html><html><head>
<title>The quiet quarter - by Ines Falk - Long Table</title>
<meta property="og:title" content="The quiet quarter"><meta name="author" content="Ines Falk">
<meta property="og:site_name" content="Long Table">
<link rel="canonical" href="https://longtable.example/p/the-quiet-quarter">
<script type="application/ld+json">{{"@type":"NewsArticle","headline":"The quiet quarter",
 "datePublished":"2026-03-04T06:30:00+01:00","author":[{{"@type":"Person","name":"Ines Falk"}}],
 "publisher":{{"@type":"Organization","name":"Long Table"}}}}</script></head><body>
<div id="entry"><div class="main-menu"><div class="topbar"><a href="/">Long Table</a>
<button>Subscribe</button><a href="/account/login">Sign in</a></div></div>
<article class="newsletter-post post"><div class="post-header">
<h1 class="post-title">The quiet quarter</h1><h3 class="subtitle">What we did not ship</h3>
<div class="byline-wrapper"><a href="/@ines">Ines Falk</a><div>Mar 04, 2026</div></div>
<div class="post-ufi"><a class="like-button">37</a><a class="post-ufi-button">4</a>
<a>Share</a></div></div>
<div class="available-content"><div class="body markup"><p>{WORDS}</p>
<div class="subscription-widget-wrap"><form><p>Long Table is a reader-supported publication.</p>
<input type="email"><button>Subscribe</button></form></div>
<h2 class="header-anchor-post">Takeaways</h2><ul><li><p>Say the price early.</p></li>
<li><p>Patience is a plan. (28:10)</p><ul><li><p>Not a mood.</p></li></ul></li></ul>
<p class="button-wrapper"><a class="button primary" href="/share">Share Long Table</a></p>
<blockquote><p>We waited, and it worked.</p></blockquote></div></div>
<div class="post-footer"><a>37 Likes</a></div></article>
<div id="discussion" class="comments-section"><h4>Discussion about this post</h4>
<p>Great episode, thanks!</p></div>
<div class="portable-archive"><a>An older issue</a></div>
<div class="subscribe-footer"><h2>Ready for more?</h2></div>
<div class="footer"><p>© 2026 Ines Falk</p></div></div></body></html>"""


def test_a_substack_page_gives_title_author_date_and_text():
    issue = read_html(SUBSTACK_PAGE)
    assert issue.title == "The quiet quarter"
    assert issue.author == "Ines Falk"
    assert issue.published == "2026-03-04T05:30:00Z"
    assert issue.newsletter == "Long Table"
    assert issue.link == "https://longtable.example/p/the-quiet-quarter"
    text = [block.text for block in issue.blocks]
    assert text[:2] == ["The quiet quarter", "What we did not ship"]
    assert text[-5:] == [
        "Takeaways",
        "Say the price early.",
        "Patience is a plan. (28:10)",
        "Not a mood.",
        "We waited, and it worked.",
    ]


@pytest.mark.parametrize(
    "furniture",
    [
        "Subscribe",
        "Sign in",
        "37",
        "Share",
        "reader-supported",
        "Discussion",
        "Great episode",
        "older issue",
        "Ready for more",
        "©",
    ],
)
def test_a_substack_page_loses_its_furniture(furniture):
    assert furniture not in "\n".join(lines(SUBSTACK_PAGE)).replace("What we did not ship", "")


MAILCHIMP_MAIL = f"""<html><head><title>Field Notes 12</title></head><body>
<span class="mcnPreviewText" style="display:none; max-height:0px">Hidden teaser</span>
<table id="bodyTable" role="presentation"><tr><td id="templatePreheader">
<table class="mcnTextBlock"><tr><td class="mcnTextContent">
<a href="https://us1.example/view">View this email in your browser</a></td></tr></table></td></tr>
<tr><td id="templateBody"><table class="mcnTextBlock"><tr><td class="mcnTextContent">
<h1>Field Notes 12</h1><p>{WORDS}</p><p>Second thought,<br>on two lines.</p>
• First point<br>• Second point</td></tr></table></td></tr>
<tr><td id="templateFooter"><table class="mcnFollowBlock"><tr><td>Twitter</td></tr></table>
<table><tr><td><em>Copyright (C) 2026 Field Notes. All rights reserved.</em><br>
Our mailing address is:<br>Field Notes 12 Long Road London N1 2AB<br>
<a href="https://us1.example/p">update your preferences</a> or
<a href="https://us1.example/u">unsubscribe from this list</a>.</td></tr></table></td></tr></table>
<img src="https://us1.example/open.gif" width="1" height="1"></body></html>
<img src="https://us1.example/late.gif" width="1" height="1">"""


def test_a_mailchimp_mail_keeps_only_its_text():
    assert lines(MAILCHIMP_MAIL) == [
        "Field Notes 12",
        " ".join(WORDS.split()),
        "Second thought,\non two lines.",
        "First point",
        "Second point",
    ]


BEEHIIV_MAIL = f"""<html><body><div style="max-height:0px;overflow:hidden">teaser</div>
<table><tr><td><table><tr><td><p>March 4, 2026 | <a href="https://b.example/r">Read Online</a></p>
</td></tr></table>
<h1>Three numbers</h1><table><tr><td><p>by <b>Ada Moreno</b></p></td></tr></table>
<p><b>What happened:</b></p><p>{WORDS}</p>
<ol><li>One</li><li>Two</li></ol>
<p>What did you think of today's newsletter?</p>
<ul><li><a href="https://b.example/5">⭐⭐⭐⭐⭐ Loved it</a></li>
<li><a href="https://b.example/1">⭐ Not for me</a></li></ul>
<table><tr><td><p>Update your email preferences or unsubscribe
<a href="https://b.example/u">here</a></p><p>© 2026 Three Numbers</p>
<p>228 Park Ave S, New York, NY 10003, United States</p>
<a href="https://beehiiv.example">Powered by beehiiv</a></td></tr></table>
</td></tr></table></body></html>"""


def test_a_beehiiv_mail_keeps_its_text_and_not_its_poll():
    issue = read_html(BEEHIIV_MAIL)
    assert (issue.title, issue.author, issue.published) == (
        "Three numbers",
        "Ada Moreno",
        "2026-03-04",
    )
    text = [block.text for block in issue.blocks]
    assert text[1:] == [
        "Three numbers",
        "by Ada Moreno",
        "What happened:",
        " ".join(WORDS.split()),
        "One",
        "Two",
    ]
    assert issue.blocks[3].kind == "heading"


GHOST_PAGE = f"""<html><head><meta property="og:site_name" content="Open Desk">
<meta property="og:title" content="On desks"></head><body class="post-template tag-news">
<header class="gh-head"><nav><a href="/">Open Desk</a><a href="/about">About</a></nav></header>
<main><article class="gh-article post"><header class="gh-article-header">
<h1 class="gh-article-title">On desks</h1><span class="gh-article-meta">By
<a class="author-name" href="/author/kim">Kim Ode</a> <time datetime="2026-02-01">1.2.</time></span>
</header><section class="gh-content gh-canvas"><p>{WORDS}</p><h2 id="a">Light</h2><p>{WORDS}</p>
<figure><img src="a.png"><figcaption>A lamp.</figcaption></figure>
<pre><code class="language-py"><span class="comment"># kept</span>
x = 1</code></pre></section></article></main>
<aside class="gh-sidebar"><h3>Recommended</h3></aside>
<section class="footer-cta"><h2>Sign up for more like this.</h2><form><input type="email"
placeholder="jamie@example.com"></form></section>
<footer><p>Open Desk © 2026</p></footer></body></html>"""


def test_a_ghost_page_keeps_headings_captions_and_code():
    issue = read_html(GHOST_PAGE, base_url="https://desk.example/on-desks/")
    assert (issue.title, issue.author, issue.published) == ("On desks", "Kim Ode", "2026-02-01")
    assert issue.link == "https://desk.example/on-desks/"
    assert [(block.kind, block.text) for block in issue.blocks if block.kind != "paragraph"] == [
        ("heading", "On desks"),
        ("heading", "Light"),
        ("code", "# kept\nx = 1"),
    ]
    assert "A lamp." in issue.text
    assert "Sign up" not in issue.text
    assert "Recommended" not in issue.text


def test_a_mails_cells_are_not_judged_by_words_about_their_looks():
    rows = "".join(
        f'<tr><td class="wrapper last modal_to_{n}"><p>Row {n} says a few words.</p></td></tr>'
        for n in range(12)
    )
    assert len(lines(f"<table>{rows}</table>")) == 12


def test_a_name_that_covers_most_of_the_text_is_no_reason_to_drop_it():
    assert lines(f'<div class="subscribe"><p>{WORDS}</p></div><p>End of it.</p>') == [
        " ".join(WORDS.split()),
        "End of it.",
    ]


def test_items_keep_their_depth_and_their_paragraphs_as_lines():
    html = "<ul><li><p>One</p><p>more</p><ul><li>Deep</li></ul></li><li>Two</li></ul>"
    blocks = read_html(html).blocks
    assert [(b.kind, b.level, b.text) for b in blocks] == [
        ("item", 1, "One\nmore"),
        ("item", 2, "Deep"),
        ("item", 1, "Two"),
    ]


def test_double_breaks_part_paragraphs():
    assert lines("<div>One<br><br>Two<br>still two</div>") == ["One", "Two\nstill two"]


def test_a_data_table_gives_rows_with_cells_and_a_layout_table_does_not():
    html = """<table><tr><th>Year</th><th>Guests</th></tr>
    <tr><td>2024</td><td><a href="https://a.example/x">Jenny</a></td></tr></table>
    <table><tr><td><p>Left</p></td><td><p>Right</p></td></tr></table>"""
    blocks = read_html(html).blocks
    assert [block.kind for block in blocks] == ["row", "row", "paragraph", "paragraph"]
    row = blocks[1]
    assert row.cells == ("2024", "Jenny")
    link = row.links[0]
    assert row.text[link.start : link.start + len(link.text)] == "Jenny"


def test_links_say_where_their_words_are():
    html = '<p>  See <b><a href="https://a.example/1">this  talk</a></b> and <a href="/2">that</a>.'
    (block,) = read_html(html, base_url="https://b.example/p/").blocks
    assert block.text == "See this talk and that."
    assert [(link.text, link.href) for link in block.links] == [
        ("this talk", "https://a.example/1"),
        ("that", "https://b.example/2"),
    ]
    for link in block.links:
        assert block.text[link.start :].startswith(link.text)


def test_a_bold_line_is_a_heading_unless_it_is_a_sentence_a_moment_or_a_button():
    html = """<p><b>Key takeaways</b></p><p><b>This is said aloud.</b></p>
    <p><strong>28:10 The turn</strong></p><p><b><a href="https://a.example">Read on</a></b></p>"""
    assert [kind for kind, _ in kinds(html)] == ["heading", "paragraph", "paragraph", "paragraph"]


def test_an_emoji_picture_gives_its_sign():
    assert lines('<p><img alt="🎧" src="x.png"> Listen to it soon, friends</p>') == [
        "🎧 Listen to it soon, friends"
    ]


def test_what_looks_like_a_mark_of_time_is_never_furniture():
    html = f"<p>{WORDS}</p><p>12:40 Share</p><p>Share</p>"
    assert lines(html)[1:] == ["12:40 Share"]


def test_a_section_whose_heading_names_a_sponsor_goes_and_the_next_stays():
    html = f"""<p>{WORDS}</p><h2>Brought to you by Acme</h2><p>Buy anvils.</p>
    <h2>Next up</h2><p>More words.</p>"""
    assert lines(html)[1:] == ["Next up", "More words."]


def test_a_long_section_under_a_sponsors_name_stays():
    html = f"<h2>Sponsored by Acme</h2><p>{WORDS * 4}</p>"
    assert lines(html) == [" ".join((WORDS * 4).split())]


def test_an_imprint_at_the_end_goes_with_all_behind_it():
    html = f"""<p>{WORDS}</p><p>{WORDS}</p><p>Bis bald!</p>
    <p>Du möchtest den Newsletter nicht mehr erhalten? <a href="https://a.example">Abmelden</a></p>
    <p>Beispiel GmbH</p><p>Lange Straße 3, 10115 Berlin</p>"""
    assert lines(html)[2:] == ["Bis bald!"]


def test_two_headings_around_nothing_but_a_button_lose_the_first():
    html = f"<p>{WORDS}</p><h3>Subscribe</h3><div><ul></ul></div>"
    assert lines(html) == [" ".join(WORDS.split())]


@pytest.mark.parametrize(
    ("href", "target"),
    [
        ("https://a.example/x?utm_source=n&t=90&mc_eid=1", "https://a.example/x?t=90"),
        ("https://www.google.com/url?q=https%3A%2F%2Fa.example%2Fx&sa=D", "https://a.example/x"),
        (
            "https://eu.safelinks.example/?url=https%3A%2F%2Fa.example%2F&data=1",
            "https://a.example/",
        ),
        (
            "https://track.example/CL0/https:%2F%2Fa.example%2Fb%3Ft=5/1/01-0",
            "https://a.example/b?t=5",
        ),
        (
            "https://link.example/click/291.53/aHR0cHM6Ly9hLmV4YW1wbGUvcC9vbmU/0b2208",
            "https://a.example/p/one",
        ),
        (
            "https://s.example/redirect/2/eyJlIjoiaHR0cHM6Ly9hLmV4YW1wbGUvcC9vbmUifQ.c2ln",
            "https://a.example/p/one",
        ),
        (
            "https://urldefense.example/v3/__https://a.example/x__;!!abc",
            "https://a.example/x",
        ),
        ("https://player.example/embed?url=https%3A%2F%2Fa.example%2Fe.mp3", None),
        ("https://net.example/sharer.php?u=https%3A%2F%2Fa.example%2F", None),
        ("mailto:a@b.example", None),
        ("https://a.example/p#t=90", None),
    ],
)
def test_clean_link(href, target):
    assert clean_link(href) == (target or href)


@pytest.mark.parametrize("href", ["", "#", "javascript:void(0)", "cid:1", "data:text/html,x"])
def test_a_link_to_nowhere_is_none(href):
    assert clean_link(href) is None


@given(st.text(max_size=200))
def test_clean_link_answers_for_any_text(href):
    clean_link(href)
    clean_link("https://click.example/" + href, "https://a.example/b")


TAGS = st.sampled_from(
    [
        "<p>",
        "</p>",
        "<div>",
        "</div>",
        "<li>",
        "<ul>",
        "</ul>",
        "<table>",
        "<tr>",
        "<td>",
        "<th>",
        "</table>",
        "<br>",
        "<a",
        "href='x'>",
        "</a>",
        "<b>",
        "</b>",
        "<h1>",
        "</h1>",
        "<blockquote>",
        "<pre>",
        "</pre>",
        "<!--",
        "-->",
        "<img",
        "alt='🎧'>",
        "<o:p>",
        "<form>",
        "<input",
        "type=email>",
        "&",
        "&#1;",
        "&#xD800;",
        "�",
        "\x00",
        "\x01",
        "<?xml",
        "?>",
        "<![CDATA[",
        "]]>",
        "<svg>",
        "<title>",
    ]
)


@settings(suppress_health_check=[HealthCheck.too_slow], deadline=None)
@given(st.lists(st.one_of(TAGS, st.text(max_size=8)), max_size=60))
def test_any_tag_soup_is_read(pieces):
    for block in read_html("".join(pieces)).blocks:
        assert isinstance(block, Block)
        assert block.text.strip()
        for link in block.links:
            assert block.text[link.start : link.start + len(link.text)] == link.text


@pytest.mark.parametrize(
    "head", ["<?xml ", "<?xml?><?XML?>\n", "<?xml version='1.0'?>", "<?xml<p>"]
)
def test_an_xml_declaration_is_no_text_however_broken(head):
    assert [block.text for block in read_html(f"{head}<p>Said.</p>").blocks] == ["Said."]


@given(st.binary(max_size=300))
def test_any_bytes_are_read(data):
    read_html(data)


@pytest.mark.parametrize(
    "unit", ["<table><tr><td>x", "<div>x", "<b>x ", "<ul><li>x", "<blockquote>x"]
)
def test_a_megabyte_of_nesting_is_read_in_time_and_no_word_is_lost(unit):
    html = unit * (1_000_000 // len(unit))
    before = time.process_time()
    issue = read_html(html)
    assert time.process_time() - before < 4  # under 2 s alone; the suite runs on busy cores
    assert issue.text.count("x") == html.count("x")


def test_many_small_tables_are_read_in_time():
    before = time.process_time()
    issue = read_html("<table><tr><td>x</td></tr></table>" * 5_000)
    assert time.process_time() - before < 3
    assert len(issue.blocks) == 5_000
