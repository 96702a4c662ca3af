"""The densest and most hostile megabytes that each kind of file can hold, for ``bench.fuzz``.

Each is one short piece over and over, some with an opening that makes a parser take it for its
own kind (two headings make a text Markdown). A piece says what is costly: a block, a link, a mark
or an element in as few bytes as the format allows, or what sends a search back to its start.
"""

from collections.abc import Iterator

LARGEST = 1_000_000

_TEXT = {
    "empty": "",
    "one-word": "a",
    "one-line": "word ",
    "short-lines": "a\n",
    "paragraphs": "a\n\n",
    "wrapped": "Some words of a line that a mail program has broken at its seventieth\n",
    "sentences": "A. ",
    "crlf": "\r\n",
    "cr": "\r",
    "spaces": " ",
    "tabs": "\t",
    "emoji": "🎧",
    "emoji-lines": "🎧 a\n",
    "flags": "🇩🇪",
    "combining": "e\u0301\u0302",
    "zero-width": "a\u200b",
    "wide": "面",
    "right-to-left": "\u202eא",
    "nul": "\0",
    "surrogates": "\udcff",
    "ampersands": "&",
    "entities": "&amp;",
    "numbers": "&#x1f600;",
    "less": "<",
    "greater": ">",
    "quotes": "> ",
    "deep-quote": ">",
    "items": "- a\n",
    "numbered": "1. a\n",
    "nested-items": "- - - a\n",
    "headings": "# a\n",
    "underlined": "a\n-\n",
    "label-lines": "Takeaways:\n",
    "takeaway-items": "Key Takeaways:\n- a\n",
    "rules": "---\n",
    "emphasis": "*a*",
    "stars": "*",
    "star-words": "*a ",
    "strong": "**a** ",
    "underscores": "_a_ ",
    "code": "`a`",
    "backticks": "`",
    "backtick-ladder": "`a``b```c",
    "fences": "```\na\n```\n",
    "indented": "    a\n\n",
    "links": "[a](b)",
    "link-lines": "[a](http://b.example)\n\n",
    "images": "![a](b)",
    "timed-links": "[1:23](http://b.example?t=83)",
    "open-brackets": "[",
    "close-brackets": "]",
    "bracket-lines": "[[[[\n\n",
    "half-links": "[a](",
    "references": "[a]: b\n",
    "reference-uses": "[a][b] ",
    "autolinks": "<http://a.example>",
    "bare-links": "http://a.example ",
    "mails": "a@b ",
    "escapes": "\\*",
    "tables": "|a|b|\n|-|-|\n|c|d|\n\n",
    "table-rows": "|a|b|\n",
    "table-cells": "|a",
    "tags": "<b>a</b>",
    "tag-lines": "<p>a</p>\n\n",
    "comments": "<!-- a -->",
    "open-comments": "<!--",
    "open-tags": "<a ",
    "declarations": "<!a ",
    "marks-paren": "(1:23)",
    "marks-spaced": "a (1:23) ",
    "marks-lines": "1:23 a\n",
    "marks-lines-behind": "A point. (1:23)\n",
    "marks-blocks": "1:23\n\na\n\n",
    "marks-alone": "1:23\n\n",
    "marks-alone-lines": "1:23\n",
    "marks-ranges": "1:23-1:24 ",
    "marks-bare": "1:23 ",
    "marks-broken": "1:2:3:",
    "marks-rows": "|1:23|a|\n",
    "digits": "9",
    "colons": "1:",
    "verses": "John 3:16-18 ",
    "names": "Anna Bell ",
    "hosts": "I'm Anna Bell. ",
    "episodes": "episode with Anna Bell, ",
    "on-the": "on the A B C D E F ",
    "guests": "guest a b c d e f g ",
    "notices": "you receive this ",
    "unsubscribe": "unsubscribe ",
    "copyright": "©\n\n",
    "sponsors": "sponsored by ",
    "buttons": "share\n\n",
    "polls": "what did you think of this ",
    "fields": "From: a\n",
    "dates": "1 May 2020 ",
}

_HTML = {
    "p": "<p>a",
    "p-closed": "<p>a</p>",
    "br": "a<br>",
    "li": "<li>a",
    "headings": "<h2>a</h2>",
    "links": "<a href=b>a</a>",
    "tracked": "<a href='https://click.example/?url=https%3A%2F%2Fb.example%3Futm_source%3Dx'>a</a>",
    "timed-links": "<a href='//b.example?t=83'>1:23</a><br>",
    "rows": "<tr><td>a<td>b",
    "cells": "<td>a",
    "nested-tables": "<table><tr><td>",
    "deep-divs": "<div>",
    "deep-bold": "<b>",
    "deep-lists": "<ul><li>",
    "deep-quotes": "<blockquote>",
    "classes": "<p class='post-author share like'>a",
    "many-classes": "<p class='" + "a-b " * 40 + "'>a",
    "styles": "<p style='display:none;color:red'>a",
    "attributes": "<p " + "a=b " * 50 + ">",
    "inputs": "<div>a<input name=email></div>",
    "headings-one": "<h1>a</h1>",
    "times": "<time datetime=2020-01-01>a</time>",
    "scripts": "<script type='application/ld+json'>{}</script>",
    "metas": "<meta name=a content=b>",
    "images": "<img alt=a src=b>",
    "pre": "<pre>a</pre>",
    "hidden": "<p hidden>a</p>",
    "articles": "<article>a</article>",
    "cites": "<cite>A:</cite><time>1:23</time><p>a</p>",
    "unclosed": "<p",
    "entities": "&nbsp;",
    "marks": "<p>1:23 a",
}

_MAIL_HEAD = "From: a@a.example\nSubject: a\nDate: Mon, 1 Jun 2020 10:00:00 +0000\n"
_MAIL = {
    "plain": (_MAIL_HEAD + "\n", "a\n\n"),
    "html": (_MAIL_HEAD + "Content-Type: text/html\n\n<p>", "<p>a"),
    "base64": (
        _MAIL_HEAD + "Content-Type: text/html\nContent-Transfer-Encoding: base64\n\n",
        "PHA+YSBiPHA+YSBiPHA+YSBiPHA+YSBiPHA+YSBi\n",
    ),
    "quoted": (
        _MAIL_HEAD + "Content-Type: text/plain\nContent-Transfer-Encoding: quoted-printable\n\n",
        "=C3=A4=\n",
    ),
    "parts": (_MAIL_HEAD + "Content-Type: multipart/mixed; boundary=x\n\n", "--x\n\na\n"),
    "html-parts": (
        _MAIL_HEAD + "Content-Type: multipart/mixed; boundary=x\n\n",
        "--x\nContent-Type: text/html\n\n<p>a</p>\n",
    ),
    "nested": ("", "Content-Type: multipart/mixed; boundary=x\nFrom: a\nSubject: b\n\n--x\n"),
    "forwards": ("", "From: a\nSubject: b\nContent-Type: message/rfc822\n\n"),
    "headers": ("", "From: a\nSubject: b\n"),
    "received": (_MAIL_HEAD, "Received: by a; b\n"),
    "long-subject": ("From: a\nSubject: ", "=?utf-8?q?a?= "),
    "long-from": ("Subject: a\nFrom: ", "a <b>, "),
    "brackets-from": ("Subject: a\nFrom: ", "("),
    "long-date": ("Subject: a\nFrom: a\nDate: ", "1 "),
    "brackets-date": ("Subject: a\nFrom: a\nDate: ", "("),
    "long-type": ("Subject: a\nFrom: a\nContent-Type: text/plain; ", "a=b; "),
    "numbered-type": ("Subject: a\nFrom: a\nContent-Type: text/plain; ", "charset*1=b; "),
    "list-id": ("Subject: a\nFrom: a\nList-Id: ", "a "),
    "folded": ("Subject: a\nFrom: a\nX-A: ", "a\n "),
    "mailbox": ("", "From a\nFrom: a\nSubject: b\n\na\n\n"),
    "mailbox-quotes": ("From a\nFrom: a\nSubject: b\n\n", ">From a\n"),
    "flowed": (_MAIL_HEAD + "Content-Type: text/plain; format=flowed\n\n", "a \n"),
    "wrong-charset": (_MAIL_HEAD + "Content-Type: text/plain; charset=utf-7\n\n", "+AOQ-"),
}  # fmt: skip

_RSS = (
    "<rss version='2.0' xmlns:itunes='http://www.itunes.com/dtds/podcast-1.0.dtd' "
    "xmlns:podcast='https://podcastindex.org/namespace/1.0'><channel><title>a</title>"
)
_FEED = {
    "items": (_RSS, "<item><guid>a</guid></item>"),
    "small-items": (_RSS, "<item/>"),
    "titles": (_RSS, "<item><title>a</title><enclosure url='http://a.example/b'/></item>"),
    "one-item": (_RSS + "<item><title>a</title>", "<enclosure url='b'/>"),
    "transcripts": (_RSS + "<item><title>a</title>", "<podcast:transcript url='b'/>"),
    "persons": (_RSS + "<item><title>a</title>", "<podcast:person>a</podcast:person>"),
    "channel-persons": (_RSS, "<podcast:person>a</podcast:person><item/>"),
    "dates": (_RSS, "<item><pubDate>1 of May, twenty</pubDate></item>"),
    "bad-dates": (_RSS + "<item><pubDate>", "1 "),
    "durations": (_RSS, "<item><itunes:duration>1:2:3</itunes:duration></item>"),
    "long-duration": (_RSS + "<item><itunes:duration>", "1:"),
    "notes": (_RSS, "<item><description>&lt;p>1:23 a</description></item>"),
    "long-notes": (_RSS + "<item><description>", "&lt;p>1:23 a"),
    "notes-twice": (_RSS + "<item><description>", "&amp;lt;p&amp;gt;a"),
    "notes-text": (_RSS + "<item><description>", "1:23 a\n"),
    "notes-deep": (_RSS + "<item><description>", "&lt;div>"),
    "cdata": (_RSS, "<item><description><![CDATA[<p>a]]></description></item>"),
    "deep": (_RSS, "<a>"),
    "mismatched": (_RSS, "<a></b>"),
    "ampersands": (_RSS + "<item><title>", "& "),
    "entities": (_RSS + "<item><title>", "&nbsp;&foo;"),
    "attributes": (_RSS + "<item ", "a='b' "),
    "namespaces": ("<rss version='2.0' ", "xmlns:a='b' "),
    "comments": (_RSS, "<!-- -->"),
    "text": (_RSS, "a "),
    "less": (_RSS, "<"),
    "declarations": ("<!DOCTYPE rss [", "<!ENTITY a 'b'>"),
    "atom": (
        "<feed xmlns='http://www.w3.org/2005/Atom'>",
        "<entry><id>a</id><link href='b'/></entry>",
    ),
    "atom-links": ("<feed xmlns='http://www.w3.org/2005/Atom'><entry>", "<link href='b'/>"),
    "atom-xhtml": (
        "<feed xmlns='http://www.w3.org/2005/Atom'><entry><content type='xhtml'>",
        "<p>a</p>",
    ),
    "rdf": (
        "<rdf:RDF xmlns:rdf='http://www.w3.org/1999/02/22-rdf-syntax-ns#' "
        "xmlns='http://purl.org/rss/1.0/'>",
        "<item rdf:about='a'><title>b</title></item>",
    ),
    "json": ('{"version":"https://jsonfeed.org/version/1.1","items":[', '{"id":"a"},'),
    "json-deep": ('{"version":"https://jsonfeed.org/version/1.1","items":', "["),
    "json-notes": (
        '{"version":"https://jsonfeed.org/version/1.1","items":[',
        '{"id":"a","content_html":"<p>a"},',
    ),
}
_FEED_ENDS = {
    "json": '{"id":"z"}]}',
    "json-notes": '{"id":"z"}]}',
    **dict.fromkeys(
        ("items", "small-items", "titles", "dates", "durations", "notes", "cdata", "comments"),
        "</channel></rss>",
    ),
    **dict.fromkeys(
        ("one-item", "transcripts", "persons"), "</item></channel></rss>"
    ),
    **dict.fromkeys(
        ("long-notes", "notes-twice", "notes-text", "notes-deep"),
        "</description></item></channel></rss>",
    ),
    "channel-persons": "</channel></rss>",
    "atom": "</feed>",
    "atom-links": "</entry></feed>",
    "atom-xhtml": "</content></entry></feed>",
    "rdf": "</rdf:RDF>",
}  # fmt: skip

_CUE = "00:01.000 --> 00:02.000\n"
_TRANSCRIPT = {
    "vtt": ("WEBVTT\n\n", _CUE + "a\n\n"),
    "vtt-empty": ("WEBVTT\n\n", _CUE),
    "vtt-arrows": ("WEBVTT\n\n", " --> \n"),
    "vtt-voices": ("WEBVTT\n\n", _CUE + "<v A>a\n\n"),
    "vtt-many-voices": ("WEBVTT\n\n" + _CUE, "<v A>a"),
    "vtt-times": ("WEBVTT\n\n" + _CUE, "<00:01.000>a"),
    "vtt-tags": ("WEBVTT\n\n" + _CUE, "<c.a>b"),
    "vtt-less": ("WEBVTT\n\n" + _CUE, "<"),
    "vtt-notes": ("WEBVTT\n\n", "NOTE\na\n\n"),
    "vtt-one-cue": ("WEBVTT\n\n" + _CUE, "a\n"),
    "vtt-rolling": ("WEBVTT\n\n", "00:00:01.000 --> 00:00:02.000\na b\nc d\n\n"),
    "vtt-settings": ("WEBVTT\n\n00:01.000 --> 00:02.000", " a:b"),
    "srt": ("", "1\n00:00:01,000 --> 00:00:02,000\na\n\n"),
    "srt-glued": ("", "00:00:01,000 --> 00:00:02,000\na\n"),
    "srt-speakers": ("", "1\n00:00:01,000 --> 00:00:02,000\nAnna: a\n\n"),
    "sbv": ("", "0:00:01.000,0:00:02.000\na\n\n"),
    "json": ('{"version":"1.0.0","segments":[', '{"startTime":1,"endTime":2,"body":"a"},'),
    "json-small": ('{"segments":[', '{"start":1,"text":"a"},'),
    "json-words": (
        '{"segments":[{"start":1,"end":2,"text":"a","words":[',
        '{"word":"a","start":1},',
    ),
    "json-deep": ("", "["),
    "json-deeper": ("", '{"a":'),
    "ttml": (
        "<tt xmlns='http://www.w3.org/ns/ttml'><body><div>",
        "<p begin='1s' end='2s'>a</p>",
    ),
    "podlove-xml": ("<transcript>", "<v start='1' end='2'>a</v>"),
    "html": ("<html><body>", "<cite>A:</cite><time>1:23</time><p>a</p>"),
    "html-p": ("<html><body>", "<p>a"),
    "html-deep": ("<html><body>", "<div>"),
    "lines": ("", "[00:01] A: a\n"),
    "lines-bare": ("", "00:01 a\n"),
    "lines-times": ("", "00:01\n"),
    "blocks": ("", "Anna Bell 00:01\na\n\n"),
    "blocks-short": ("", "A\n0:01\na\n"),
    "speakers": ("", "A: b\n"),
    "many-speakers": ("", "A: b C: d "),
}  # fmt: skip
_TRANSCRIPT_ENDS = {
    "json": '{"startTime":1,"endTime":2,"body":"z"}]}',
    "json-small": '{"start":1,"text":"z"}]}',
    "json-words": '{"word":"z","start":1}]}]}',
    "ttml": "</div></body></tt>",
    "podlove-xml": "</transcript>",
}

_OPML = "<opml version='2.0'><body>"
_SMALL = {
    "opml": {
        "outlines": (_OPML, "<outline xmlUrl='http://a.example'/>", "</body></opml>"),
        "deep": (_OPML, "<outline text='a'>", ""),
    },
    "chapters": {
        "chapters": ('{"version":"1.2.0","chapters":[', '{"startTime":1,"title":"a"},', "{}]}"),
        "deep": ('{"chapters":', "[", ""),
    },
    "interchange": {
        "episodes": ("", '{"episode_id":"a","title":"b","segments":[]}\n', ""),
        "segments": (
            '{"episode_id":"a","title":"b","segments":[',
            '{"start":1,"end":2,"text":"a"},',
            '{"start":1,"end":2,"text":"z"}]}',
        ),
        "lines": ("", "a\n", ""),
        "objects": ("", "{}\n", ""),
    },
    "query": {
        "groups": ("", '"a" OR ', ""),
        "minus": ("", "-a ", ""),
        "fields": ("", "after:2020 ", ""),
    },
}


_MARKDOWN = {name: ("# a\n\n# b\n\n", piece) for name, piece in _TEXT.items() if piece}
_PAGES = {name: ("<html><body>", piece) for name, piece in _HTML.items()}
_ENDED = {
    "feed": {name: (*parts, _FEED_ENDS.get(name, "")) for name, parts in _FEED.items()},
    "transcript": {
        name: (*parts, _TRANSCRIPT_ENDS.get(name, "")) for name, parts in _TRANSCRIPT.items()
    },
    **_SMALL,
}


def iter_dense(parser: str, size: int = LARGEST) -> Iterator[tuple[str, bytes]]:
    """Yield the name and the bytes of each megabyte (or ``size``) that is made for a parser."""
    for name, piece in _TEXT.items():
        yield f"text-{name}", _repeat("", piece, size=size)
    kinds: dict[str, dict[str, tuple[str, str]]] = {}
    if parser == "newsletters":
        kinds = {"markdown": _MARKDOWN, "html": _PAGES, "mail": _MAIL}
    elif parser == "transcript":
        kinds = {"html": _PAGES}
    for kind, made in kinds.items():
        for name, (opening, piece) in made.items():
            yield f"{kind}-{name}", _repeat(opening, piece, size=size)
    for name, (opening, piece, end) in _ENDED.get(parser, {}).items():
        yield name, _repeat(opening, piece, end, size=size)


def _repeat(opening: str, piece: str, end: str = "", *, size: int) -> bytes:
    first, often, last = (each.encode("utf-8", "surrogateescape") for each in (opening, piece, end))
    room = size - len(first) - len(last)
    return first + often * (room // max(1, len(often))) + last
