"""Kinds of files told apart by what is in them."""

import gzip

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ingest.sniff import sniff_kind
from ingest.sniff_audio import looks_like_audio

# MPEG 1 layer III, 128 kbit/s, 44.1 kHz: a frame of 417 bytes.
MP3_FRAME = b"\xff\xfb\x90\x00" + bytes(413)
LINE = (
    b'{"episode_id": "g-1", "podcast": "P", "title": "T", "segments": [{"start": 0, "text": "a"}]}'
)
ISSUE_LINE = b'{"kind": "issue", "title": "T", "text": "words"}'
FEED = b"""<?xml version="1.0"?><rss version="2.0"><channel><title>T</title>
<item><title>E</title><enclosure url="https://a.example/e.mp3" type="audio/mpeg"/></item>
</channel></rss>"""
ATOM = b'<feed xmlns="http://www.w3.org/2005/Atom"><title>T</title><entry/></feed>'
OPML = b'<?xml version="1.0"?>\n<!-- mine -->\n<opml version="2.0"><body/></opml>'
VTT = b"WEBVTT\n\n00:00.000 --> 00:02.000\nHello.\n"
SRT = b"1\n00:00:00,000 --> 00:00:02,000\nHello.\n\n2\n00:00:02,000 --> 00:00:04,000\nYes.\n"
MAIL = b"From: a@b.example\nSubject: One\nDate: Wed, 4 Mar 2026 06:30:00 +0100\n\nHello.\n"
PAGE = b"<!doctype html><html><body><p>Hello, reader. (28:10)</p></body></html>"


@pytest.mark.parametrize(
    ("data", "name", "kind"),
    [
        (FEED, "", "feed"),
        (b"\xef\xbb\xbf\n" + FEED, "feed.txt", "feed"),
        (ATOM, "index.html", "feed"),
        (OPML, "subs.xml", "opml"),
        (VTT, "", "transcript"),
        (VTT, "a.txt", "transcript"),
        (SRT, "", "transcript"),
        (MAIL, "", "newsletter"),
        (b"From a@b Wed Mar 4\n" + MAIL, "all.mbox", "newsletter"),
        (PAGE, "", "newsletter"),
        (b"# One\n\nHello, reader.\n\n- Patience is a plan. (28:10)\n", "a.md", "newsletter"),
        (b"[One](https://a.example) is a link.\n", "a.md", "newsletter"),
        ("Grüße an alle".encode("utf-16"), "a.txt", "newsletter"),
        (LINE + b"\n" + LINE, "export.jsonl", "interchange"),
        (ISSUE_LINE + b"\n", "", "interchange"),
        (gzip.compress(LINE + b"\n", mtime=0), "export.jsonl.gz", "interchange"),
        (gzip.compress(FEED, mtime=0), "feed.xml.gz", "feed"),
        (gzip.compress(b"", mtime=0), "", None),
        (b"\x1f\x8bbroken", "a.gz", None),
        (b'{"name": "a setting", "value": 1}', "a.json", None),
        (b'<?xml version="1.0"?><note>no feed</note>', "a.xml", None),
        (b"", "", None),
        (b" \n\t ", "a.md", None),
        (bytes(range(256)) * 8, "a.bin", None),
        (bytes(range(256)) * 8, "a.mp3", "audio"),
    ],
)
def test_sniff_kind(data, name, kind):
    assert sniff_kind(data, name) == kind


@pytest.mark.parametrize(
    "data",
    [
        b"ID3\x04\x00\x00\x00\x00\x00\x00",
        MP3_FRAME * 3,
        b"\x00" * 100 + MP3_FRAME * 3,
        MP3_FRAME,
        b"\x00\x00\x00\x20ftypM4A \x00\x00\x00\x00",
        b"\x00\x00\x00\x18ftypmp42",
        b"OggS\x00\x02" + bytes(20) + b"OpusHead",
        b"fLaC\x00\x00\x00\x22",
        b"RIFF\x24\x00\x00\x00WAVEfmt ",
        b"FORM\x00\x00\x00\x24AIFFCOMM",
        b"\x1a\x45\xdf\xa3\x9fB\x86\x81\x01webm",
        b"RIFF\x24\x00\x00\x00AVI LIST",
    ],
)
def test_sound_and_film_are_known_by_their_bytes(data):
    assert looks_like_audio(data)
    assert sniff_kind(data, "page.html") == "audio"


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"ID",
        b"RIFF\x00\x00\x00\x00WEBP",
        b"FORM of address",
        b"\xff\xfe<\x00h\x00",
        b"\xff\xfb",
        b"\xff\xfb\x90\x00" + b"a" * 800,
        b"OGG",
        PAGE,
        b"\x00" * 5000,
    ],
)
def test_what_is_no_sound_is_not_taken_for_it(data):
    assert not looks_like_audio(data)


@given(st.binary(max_size=400), st.text(max_size=20))
def test_no_bytes_and_no_name_raise(data, name):
    sniff_kind(data, name)
    sniff_kind(gzip.compress(data), name)


@given(st.text(max_size=300))
def test_no_text_raises(text):
    sniff_kind(text.encode("utf-8", "replace"), "a.txt")
