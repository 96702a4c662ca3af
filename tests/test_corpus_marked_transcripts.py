import pytest

from corpus.errors import FormatError
from corpus.formats.transcripts import parse_transcript


def read(text):
    return parse_transcript(text.encode())


def rows(parsed):
    return [(s.start_ms, s.speaker, s.text) for s in parsed.segments]


def test_html_of_podcasting_two_is_read():
    parsed = read(
        "<cite>Ana:</cite>\n<time>0:00</time>\n<p>Hello &amp; welcome.</p><p>Sit down.</p>"
        "<cite>Ben P:</cite><time>1:02:03</time><p>Thanks.</p>"
    )
    assert parsed.format == "html"
    assert rows(parsed) == [
        (0, "Ana", "Hello & welcome. Sit down."),
        (3_723_000, "Ben P", "Thanks."),
    ]
    assert parsed.segments[0].end_ms == 3_723_000


def test_html_in_nested_blocks_leaves_headings_and_menus_out():
    parsed = read(
        "<!DOCTYPE html><html lang='de'><head><title>T</title></head><body><nav>Home</nav>"
        "<h1>Episode</h1><div><div><cite>Ana:</cite> <time>0:09</time>\n<p>Stay.</p></div></div>"
    )
    assert rows(parsed) == [(9000, "Ana", "Stay.")]
    assert parsed.language == "de"


def test_html_with_classes_for_names_and_times_is_read():
    parsed = read(
        '<div><span class="speaker-name">Ana</span> <span class="timestamp">[00:05]</span>'
        "<div>One<br>two.</div></div><p>Ben <time>00:09</time></p><p>Three.</p>"
    )
    assert rows(parsed) == [(5000, "Ana", "One two."), (9000, "Ben", "Three.")]


def test_html_with_times_written_as_text_is_read():
    parsed = read("<p>[00:05] <b>Ana:</b> One.</p><p>[00:09] <b>Ben:</b> Two.</p>")
    assert rows(parsed) == [(5000, "Ana", "One."), (9000, "Ben", "Two.")]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("<p>Hello</p><p>World</p>", [(0, None, "Hello"), (0, None, "World")]),
        (
            "<cite>Ana:</cite><p>Hi</p><cite>Ben:</cite><p>Yes</p>",
            [(0, "Ana", "Hi"), (0, "Ben", "Yes")],
        ),
    ],
)
def test_html_without_times_is_untimed_and_says_so(text, expected):
    parsed = read(text)
    assert (rows(parsed), parsed.timed) == (expected, False)
    assert any("no times" in problem for problem in parsed.problems)


def test_podlove_xml_keeps_speakers_and_items():
    parsed = read(
        '<?xml version="1.0"?><pst:transcripts xmlns:pst="http://podlove.org/simple-transcripts">'
        '<pst:speech><pst:speaker>Ana</pst:speaker><pst:item start="00:00:01.5" end="00:00:02">'
        'Hi</pst:item></pst:speech><pst:speech><pst:speaker/><pst:item start="3">Yes</pst:item>'
        "</pst:speech></pst:transcripts>"
    )
    assert parsed.format == "podlove-xml"
    assert rows(parsed) == [(1500, "Ana", "Hi"), (3000, None, "Yes")]


def test_ttml_reads_offsets_frames_agents_and_words():
    parsed = read(
        '<tt xmlns="http://www.w3.org/ns/ttml" xmlns:ttm="urn:m" xml:lang="en" frameRate="25">'
        '<head><ttm:agent xml:id="v1"><ttm:name>Ana</ttm:name></ttm:agent></head><body><div>'
        '<p begin="1.5s" end="3s" ttm:agent="v1"><span begin="1.5s" end="2s">Good</span>'
        '<span begin="2s" end="3s">day</span></p><p begin="00:00:04:05" dur="500ms">'
        "MAN:<br/>Yes</p></div></body></tt>"
    )
    assert (parsed.format, parsed.language) == ("ttml", "en")
    assert rows(parsed) == [(1500, "Ana", "Good day"), (4200, None, "MAN: Yes")]
    assert [w.text for w in parsed.segments[0].words] == ["Good", "day"]
    assert parsed.segments[1].end_ms == 4700


@pytest.mark.parametrize(
    "text", ["<rss><channel/></rss>", "<?xml version='1.0'?><a/>", "<feed>x</feed>"]
)
def test_other_xml_is_refused(text):
    with pytest.raises(FormatError):
        read(text)
