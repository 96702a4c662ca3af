"""Feeds in all dialects: what is asked of each is beside it."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from corpus.errors import FormatError
from corpus.records import Chapter, Enclosure, Person, Soundbite, TranscriptRef
from ingest.feeds import looks_like_feed, parse_feed

NAMESPACES = (
    'xmlns:itunes="http://www.itunes.com/dtds/podcast-1.0.dtd" '
    'xmlns:podcast="https://podcastindex.org/namespace/1.0" '
    'xmlns:content="http://purl.org/rss/1.0/modules/content/" '
    'xmlns:media="http://search.yahoo.com/mrss/" '
    'xmlns:psc="http://podlove.org/simple-chapters" '
    'xmlns:atom="http://www.w3.org/2005/Atom"'
)


def rss(items="", channel="<title>Agency Talk</title>", namespaces=NAMESPACES):
    return f'<rss version="2.0" {namespaces}><channel>{channel}{items}</channel></rss>'.encode()


def only_episode(item, **kwargs):
    (episode,) = parse_feed(rss(f"<item>{item}</item>", **kwargs)).episodes
    return episode


def test_an_item_gives_an_episode_with_all_that_it_says():
    episode = only_episode(
        """<title>Pricing &amp;amp; profit</title><guid isPermaLink="false"> ep-30 </guid>
        <link>https://a.example/30</link><pubDate>Mon, 1 Jun 2026 01:00:00 -0400</pubDate>
        <enclosure url="https://a.example/30.mp3" length="43,200,000" type="audio/mpeg"/>
        <itunes:duration>53:30</itunes:duration><itunes:season>1</itunes:season>
        <itunes:episode>30</itunes:episode><itunes:image href="https://a.example/30.jpg"/>
        <description>Short.</description>
        <content:encoded><![CDATA[<p>In this <b>episode</b>:</p><ul><li>Pricing<li>Hiring</ul>]]>
        </content:encoded>
        <podcast:transcript url="https://a.example/30.vtt" type="text/vtt" language="en"/>
        <podcast:transcript url="https://a.example/30.txt" type="text/plain"/>
        <podcast:chapters url="https://a.example/30.json" type="application/json+chapters"/>
        <podcast:person>Anna Berg</podcast:person>
        <podcast:person role="Guest">Tom Reed</podcast:person>
        <podcast:soundbite startTime="33.833" duration="60.0">Ask for more</podcast:soundbite>
        <podcast:soundbite startTime="90" duration="12"/>"""
    )
    assert episode.guid == "ep-30"
    assert episode.title == "Pricing & profit"
    assert episode.published == "2026-06-01T05:00:00Z"
    assert episode.enclosures == (
        Enclosure(url="https://a.example/30.mp3", type="audio/mpeg", bytes=43_200_000),
    )
    assert (episode.duration_ms, episode.season, episode.number) == (3_210_000, 1, 30)
    assert episode.show_notes == "In this episode:\nPricing\nHiring"
    assert episode.show_notes_html.startswith("<p>In this")
    assert episode.transcripts == (
        TranscriptRef(url="https://a.example/30.vtt", type="text/vtt", language="en"),
        TranscriptRef(url="https://a.example/30.txt", type="text/plain"),
    )
    assert episode.chapters_url == "https://a.example/30.json"
    assert episode.persons == (
        Person(name="Anna Berg", role="host"),
        Person(name="Tom Reed", role="guest"),
    )
    assert episode.soundbites == (
        Soundbite(start_ms=33_833, duration_ms=60_000, title="Ask for more"),
        Soundbite(start_ms=90_000, duration_ms=12_000),
    )
    assert episode.image_url == "https://a.example/30.jpg"


def test_a_channel_says_where_it_is_who_makes_it_and_where_it_goes_on():
    feed = parse_feed(
        rss(
            channel="""<title>Agency Talk</title><link>https://a.example/</link>
            <language>en-gb</language><itunes:author>anna@a.example (Anna Berg)</itunes:author>
            <description>&lt;p&gt;All about&amp;nbsp;agencies&lt;/p&gt;</description>
            <image><url>
              https://a.example/cover.jpg</url></image>
            <podcast:guid>917393e3-1b1e-5cef-ace4-edaa54e1f810</podcast:guid>
            <podcast:person>Anna Berg</podcast:person>
            <itunes:new-feed-url>https://b.example/feed</itunes:new-feed-url>
            <atom:link rel="self" href="https://a.example/feed"/>
            <atom:link rel="next" href="/feed?page=2"/>""",
            items="<item><title>One</title></item>",
        ),
        "https://a.example/feed",
    )
    assert feed.link == "https://a.example/"
    assert (feed.language, feed.author) == ("en-gb", "Anna Berg")
    assert feed.description == "All about agencies"
    assert feed.image_url == "https://a.example/cover.jpg"
    assert feed.guid == "917393e3-1b1e-5cef-ace4-edaa54e1f810"
    assert feed.new_url == "https://b.example/feed"
    assert feed.next_url == "https://a.example/feed?page=2"
    assert feed.episodes[0].persons == feed.persons == (Person(name="Anna Berg", role="host"),)
    assert feed.problems == ()


def test_an_atom_feed_reads_as_an_rss_feed_does():
    feed = parse_feed(
        b"""<feed xmlns="http://www.w3.org/2005/Atom" xml:lang="de" xml:base="https://a.example/x/">
        <title type="html">Agentur &amp;amp; Co</title><author><name>Anna</name></author>
        <link rel="next" href="2.atom"/><link href="/"/>
        <entry><id>urn:1</id><title type="text">Use &lt;b> well</title><updated>2026-06-01</updated>
        <link rel="enclosure" href="1.ogg" type="audio/ogg" length="9000"/><link href="1.html"/>
        <content type="xhtml"><div xmlns="http://www.w3.org/1999/xhtml"><p>One</p><p>Two</p></div>
        </content></entry></feed>"""
    )
    (episode,) = feed.episodes
    assert (feed.title, feed.author, feed.language) == ("Agentur & Co", "Anna", "de")
    assert (feed.link, feed.next_url) == ("https://a.example/", "https://a.example/x/2.atom")
    assert (episode.guid, episode.title) == ("urn:1", "Use <b> well")
    assert episode.link == "https://a.example/x/1.html"
    assert episode.enclosures[0].url == "https://a.example/x/1.ogg"
    assert episode.published == "2026-06-01T00:00:00Z"
    assert episode.show_notes == "One\nTwo"


def test_items_beside_the_channel_are_those_of_rss_1():
    feed = parse_feed(
        b"""<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#"
        xmlns="http://purl.org/rss/1.0/" xmlns:dc="http://purl.org/dc/elements/1.1/">
        <channel rdf:about="https://a.example/"><title>Old</title></channel>
        <item rdf:about="https://a.example/1"><title>One</title><dc:date>2004-01-02T03:04Z</dc:date>
        </item></rdf:RDF>"""
    )
    assert feed.title == "Old"
    assert [(e.guid, e.published) for e in feed.episodes] == [
        ("https://a.example/1", "2004-01-02T03:04:00Z")
    ]


def test_a_json_feed_reads_as_an_rss_feed_does():
    document = {
        "version": "https://jsonfeed.org/version/1.1",
        "title": "Agency Talk",
        "home_page_url": "https://a.example/",
        "authors": [{"name": "Anna"}],
        "items": [
            {
                "id": 7,
                "title": "One",
                "content_html": "<p>Hello</p>",
                "date_published": "2026-06-01T05:00:00Z",
                "attachments": [
                    {"url": "1.pdf", "mime_type": "application/pdf"},
                    {"url": "1.mp3", "mime_type": "audio/mpeg", "duration_in_seconds": 61.5},
                ],
            },
            "no object",
        ],
    }
    whole = json.dumps(document).encode()
    feed = parse_feed(whole)
    (episode,) = feed.episodes
    assert (feed.title, feed.author) == ("Agency Talk", "Anna")
    assert (episode.guid, episode.duration_ms, episode.show_notes) == ("7", 61_500, "Hello")
    assert [enclosure.url for enclosure in episode.enclosures] == ["https://a.example/1.mp3"]
    assert len(feed.problems) == 1
    cut = parse_feed(whole[: whole.index(b'"no object"')])
    assert [item.guid for item in cut.episodes] == ["7"]
    assert "no valid JSON" in cut.problems[0]


@pytest.mark.parametrize(
    ("namespaces", "tag"),
    [
        ('xmlns:itunes="http://www.itunes.com/DTDs/Podcast-1.0.dtd"', "itunes:duration"),
        ('xmlns:itunes="http://www.itunes.com/DTDs/PodCast-1.0.dtd/"', "itunes:Duration"),
        ('xmlns:i="http://www.itunes.com/dtds/podcast-1.0.dtd"', "i:duration"),
        ('xmlns:itunes="http://example.com/DTDs/Podcast-1.0.dtd"', "itunes:duration"),
        ('xmlns:itunes="urn:something-else"', "itunes:duration"),
        ("", "itunes:duration"),
        ("", "ITUNES:DURATION"),
    ],
)
def test_namespaces_are_known_in_any_case_and_undeclared(namespaces, tag):
    item = f"<title>One</title><{tag}>61:08</{tag}>"
    assert only_episode(item, namespaces=namespaces).duration_ms == 3_668_000


@pytest.mark.parametrize(
    ("declared", "encoding", "title"),
    [
        ("utf-8", "utf-8", "Größe"),
        ("", "utf-8", "Größe"),
        ("windows-1252", "utf-8", "Euro € 10"),
        ("invalid", "utf-8", "테스트"),
        ("utf-16", "utf-8", "Größe"),
        ("ISO-8859-1", "cp1252", "“Größe”"),
        ("utf-8", "cp1252", "Agenturgespräche mit Größe"),
        ("", "cp1252", "Agenturgespräche mit Größe"),
        ("windows-1251", "cp1251", "Привет"),
        ("koi8-r", "koi8-r", "Привет"),
        ("big5", "big5", "繁體中文"),
        ("gb2312", "gb18030", "简体中文"),
        ("euc-kr", "euc-kr", "안녕하세요"),
        ("shift_jis", "cp932", "こんにちは"),
        ("iso-2022-jp", "iso2022_jp", "こんにちは"),
        ("utf-16", "utf-16", "Größe"),
        ("utf-16", "utf-16-le", "Größe"),
        ("", "utf-16-be", "Größe"),
        ("", "utf-32", "Größe"),
        ("", "utf-8-sig", "Größe"),
    ],
)
def test_any_encoding_is_read_whatever_is_declared(declared, encoding, title):
    prolog = f'<?xml version="1.0" encoding="{declared}"?>\n' if declared else ""
    body = rss(channel=f"<title>{title}</title>").decode()
    assert parse_feed((prolog + body).encode(encoding)).title == title


def test_a_few_wrong_bytes_do_not_spoil_the_rest():
    feed = parse_feed(rss(channel="<title>Größe für alle #</title>").replace(b"#", b"\x96 \xe9"))
    assert feed.title == "Größe für alle – é"
    assert "UTF-8" in feed.problems[0]


def test_windows_control_codes_are_the_letters_that_were_meant():
    assert only_episode("<title>don&#146;t</title>").title == "don’t"


@pytest.mark.parametrize(
    "broken",
    [
        b"\r\n  " + b'<?xml version="1.0"?>' + b"{feed}",
        b"<br />\n<b>Warning</b>: cannot connect in /srv/feed.php\n<?xml version='1.0'?>{feed}",
        b'<!DOCTYPE rss [<!ENTITY lol "lol"><!ENTITY lol2 "&lol;&lol;">]>{feed}',
        b"<wrapper>{feed}</wrapper>",
        b"<!-- <rss> is a name --> {feed}",
    ],
)
def test_what_stands_before_a_feed_does_no_harm(broken):
    feed = parse_feed(broken.replace(b"{feed}", rss("<item><title>One</title></item>")))
    assert feed.title == "Agency Talk"
    assert [episode.title for episode in feed.episodes] == ["One"]


@pytest.mark.parametrize(
    "first",
    [
        "<title>One</title><description>a <b>bold<br>word</description>",
        "<title>One</title><description>AT&T &nbsp;&mdash; caf&eacute; &mine;</description>",
        "<title>One</titel><link>https://a.example/1</link>",
        "<title>One</title><enclosure url=https://a.example/1.mp3?a=1&b=2 type='audio/mpeg'>",
        "<title>One</title><description><![CDATA[never closed</description>",
        "<title>One</title><description>1 < 2 and 3 > 2</description></p>",
        "<title>One</title><guid a='1' a='2'>x</guid>",
        "<title>One</title><item>",
        "<title>One\x01</title>",
    ],
)
def test_one_broken_item_loses_no_other(first):
    data = rss(f"<item>{first}</item><item><title>Two</title><guid>2</guid></item>")
    feed = parse_feed(data)
    assert [episode.title for episode in feed.episodes if episode.title] == ["One", "Two"]
    assert feed.episodes[-1].guid == "2"
    assert feed.problems or "\x01" in first


def test_a_feed_that_is_cut_off_keeps_what_came():
    whole = rss("<item><title>One</title></item><item><title>Two</title><link>https://a.ex")
    for end in range(whole.index(b"<item>") + 20, len(whole)):
        feed = parse_feed(whole[:end])
        assert feed.episodes[0].title == "One"
        assert "not well-formed" in feed.problems[0]


def test_html_entities_that_xml_does_not_know_are_letters():
    assert only_episode("<title>caf&eacute;&nbsp;&amp; co</title>").title == "café & co"


def test_entities_are_neither_expanded_nor_fetched(tmp_path):
    secret = tmp_path / "secret"
    secret.write_text("hunter2")
    bomb = "".join(f'<!ENTITY l{n} "{f"&l{n - 1};" * 10}">' for n in range(1, 12))
    feed = parse_feed(
        f'<!DOCTYPE rss [<!ENTITY l0 "lol">{bomb}<!ENTITY x SYSTEM "{secret.as_uri()}">'
        '<!ENTITY % p SYSTEM "http://127.0.0.1:9/x"> %p;]>'.encode()
        + rss('<item><title a="&l11;">&l11; &x;</title></item>')
    )
    assert feed.episodes[0].title == "&l11; &x;"


@pytest.mark.parametrize(
    ("item", "guid"),
    [
        ('<enclosure url="https://a.example/1.mp3?token=9"/>', "https://a.example/1.mp3"),
        ('<enclosure url="https://a.example/play?id=9"/>', "https://a.example/play?id=9"),
        ("<link>https://a.example/1</link><title>One</title>", "https://a.example/1"),
    ],
)
def test_an_item_without_a_guid_gets_one_from_what_stays(item, guid):
    assert only_episode(item).guid == guid


def test_a_guid_made_of_words_is_the_same_at_every_reading():
    first, again = (only_episode("<title>One</title>").guid for _ in range(2))
    assert first == again != only_episode("<title>Two</title>").guid


def test_items_that_share_a_guid_keep_apart_and_the_oldest_keeps_it():
    items = "".join(
        f"<item><guid>same</guid><title>{n}</title><pubDate>{n} Jun 2026</pubDate>"
        f'<enclosure url="https://a.example/{n}.mp3"/></item>'
        for n in (3, 2, 1)
    )
    feed = parse_feed(rss(items))
    assert len({episode.guid for episode in feed.episodes}) == 3
    assert feed.episodes[-1].guid == "same"
    assert any("share the guid same" in problem for problem in feed.problems)


def test_sound_comes_before_video_and_what_cannot_be_played_is_left_out():
    episode = only_episode(
        """<title>x</title><enclosure url="https://a.example/x.jpg" type="image/jpeg"/>
        <enclosure url="https://a.example/x.mp4" type="video/mp4"/>
        <media:group><media:content url="https://a.example/x.mp3" medium="audio" fileSize="9000"/>
        <media:content url="https://a.example/x.mp4" type="video/mp4"/>
        <media:thumbnail url="https://a.example/t.jpg"/></media:group>
        <podcast:alternateEnclosure type="audio/opus" length="32">
        <podcast:source uri="https://a.example/x.opus"/><podcast:source uri="ipfs://x"/>
        </podcast:alternateEnclosure>"""
    )
    assert [enclosure.url.rpartition("/")[2] for enclosure in episode.enclosures] == [
        "x.mp3",
        "x.opus",
        "x.mp4",
    ]
    assert episode.enclosures[0].bytes == 9000
    assert episode.image_url == "https://a.example/t.jpg"


@pytest.mark.parametrize(
    ("url", "kind", "playable"),
    [
        ("https://a.example/1", "", True),
        ("https://a.example/1", "application/octet-stream", True),
        ("https://a.example/1.mp3", "text/html", True),
        ("https://a.example/1", "mp3", True),
        ("https://a.example/v/1", "application/x-shockwave-flash", False),
        ("https://a.example/1", "text/html", False),
        ("https://a.example/1.pdf", "", False),
    ],
)
def test_what_can_be_played_is_told_by_type_and_name(url, kind, playable):
    episode = only_episode(f'<title>x</title><enclosure url="{url}" type="{kind}"/>')
    assert bool(episode.enclosures) == playable


def test_relative_addresses_are_made_whole_by_what_is_nearest():
    item = '<item><title>x</title><enclosure url="x.mp3"/></item>'
    link = "<link>https://site.example/show/</link>"

    def url(data, base_url=None):
        return parse_feed(data, base_url).episodes[0].enclosures[0].url

    assert url(rss(item, channel="")) == "x.mp3"
    assert url(rss(item, channel=link)) == "https://site.example/show/x.mp3"
    assert url(rss(item, channel=link), "https://a.example/f/feed") == "https://a.example/f/x.mp3"
    based = item.replace("<item>", '<item xml:base="https://b.example/deep/">')
    assert url(rss(based, channel=link), "https://a.example/feed") == "https://b.example/deep/x.mp3"


def test_podlove_chapters_stand_in_order_with_any_start():
    episode = only_episode(
        """<title>x</title><psc:chapters version="1.2">
        <psc:chapter start="00:01:29.201" title="Intro &amp; more" href="https://a.example/"/>
        <psc:chapter start="50" title="Early"/><psc:chapter start="59.12" title="Float"/>
        <psc:chapter start="soon" title="Lost"/></psc:chapters>"""
    )
    assert episode.chapters == (
        Chapter(start_ms=50_000, title="Early"),
        Chapter(start_ms=59_120, title="Float"),
        Chapter(start_ms=89_201, title="Intro & more", link="https://a.example/"),
    )


def test_what_cannot_be_read_in_an_item_is_told_with_its_title():
    feed = parse_feed(
        rss(
            "<item><title>One</title><pubDate>someday</pubDate><enclosure/>"
            "<itunes:duration>long</itunes:duration><podcast:transcript/>"
            '<podcast:soundbite startTime="x"/></item>'
        )
    )
    assert len(feed.problems) == 5
    assert all(problem.startswith("One: ") for problem in feed.problems)


def test_many_problems_are_told_in_few_lines():
    items = "<item><title>x</title><pubDate>someday</pubDate></item>" * 200
    assert len(parse_feed(rss(items)).problems) < 60


@pytest.mark.parametrize(
    ("notes", "expected"),
    [
        ("<description>Line one\n\n  line two</description>", "Line one\nline two"),
        ("<description>&lt;div>a&lt;br>b&lt;/div></description>", "a\nb"),
        ("<description>&amp;lt;p&amp;gt;twice&amp;lt;/p&amp;gt;</description>", "twice"),
        ("<description>One <em>open</em> tag</description>", "One open tag"),
        ("<description>x\ny &lt;a href='u'>z&lt;/a></description>", "x\ny z"),
        ("<itunes:summary>Longer text</itunes:summary><description>S</description>", "Longer text"),
        ("<itunes:subtitle>Only this</itunes:subtitle>", "Only this"),
        ("<description>&lt;script>no()&lt;/script>yes</description>", "yes"),
        ("<description>1 &lt; 2 &amp;amp; 3</description>", "1 < 2 & 3"),
        ('<summary mode="base64">PHA+cGFja2VkPC9wPg==</summary>', "packed"),
        ('<summary mode="base64">not packed – at all</summary>', "not packed – at all"),
        ("<description/>", ""),
    ],
)
def test_show_notes_are_plain_text_with_a_block_a_line(notes, expected):
    assert only_episode(f"<title>x</title>{notes}").show_notes == expected


def test_very_deep_html_keeps_its_words():
    notes = "<description>" + "&lt;div>" * 5000 + "the words</description>"
    assert only_episode(f"<title>x</title>{notes}").show_notes == "the words"


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"   ",
        b"hello",
        b"<html><body>Feed</body></html>",
        b'<?xml version="1.0"?><opml version="1.0"><body/></opml>',
        b'{"version": "1.2.0", "chapters": []}',
        b'{"resultCount": 1, "results": []}',
        b"[1, 2]",
        b'{"items": []}',
        b"{" * 200_000,
        b"\xff\xfe",
        b"<tv><channel/></tv>",
    ],
)
def test_what_is_no_feed_is_refused_with_a_reason(data):
    with pytest.raises(FormatError) as caught:
        parse_feed(data)
    assert "is no feed" in str(caught.value)
    assert caught.value.remedy
    assert not looks_like_feed(data)


@pytest.mark.parametrize(
    "data",
    [
        rss(),
        b"\xef\xbb\xbf  <?xml version='1.0'?><!-- a -- b --><!DOCTYPE rss [<!ENTITY a 'b'>]>"
        + rss(),
        rss().decode().encode("utf-16"),
        b'<feed xmlns="http://www.w3.org/2005/Atom">',
        b'<rdf:RDF xmlns:rdf="x" xmlns="http://purl.org/rss/1.0/">',
        b'{"items": [], "version": "https://jsonfeed.org/version/1"}',
    ],
)
def test_feeds_look_like_feeds(data):
    assert looks_like_feed(data)


MARKS = (
    "<item> </item> <![CDATA[ ]]> <!-- --> <title> </title> &nbsp; &#xD800; <enclosure url= &lt;p"
)
PIECES = st.sampled_from([*"<>&;\"'/=! \0", *MARKS.split(), "<description>", "<a:b>", "xmlns:a='"])


@given(st.lists(PIECES | st.text(max_size=5), max_size=40).map("".join))
def test_no_text_in_a_feed_breaks_the_reader(text):
    feed = parse_feed(b"<rss><channel>" + text.encode("utf-8", "replace") + b"</channel></rss>")
    json.dumps([feed.title, *(episode.show_notes for episode in feed.episodes)]).encode()


@given(st.binary() | st.binary().map(lambda data: b"<rss>" + data))
def test_no_bytes_raise_anything_but_a_format_error(data):
    looks_like_feed(data)
    try:
        parse_feed(data, "https://a.example/feed")
    except FormatError as error:
        assert "is no feed" in str(error)


@given(st.recursive(st.none() | st.booleans() | st.floats() | st.text(), st.lists))
def test_no_json_value_in_a_feed_breaks_the_reader(value):
    names = ["id", "title", "url", "attachments", "content_html", "date_published", "authors"]
    item = dict.fromkeys(names, value)
    document = {"version": "https://jsonfeed.org/version/1", "items": [item], "title": value}
    assert len(parse_feed(json.dumps(document).encode()).episodes) == 1
