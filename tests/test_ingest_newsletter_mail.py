"""Newsletters from mail: as it should be, and as it comes."""

import base64
import contextlib
import quopri

import pytest
from hypothesis import given
from hypothesis import strategies as st

from corpus.errors import FormatError
from ingest.newsletter.mail import looks_like_newsletter_mail, read_mail
from ingest.newsletters import parse_newsletters

HEAD = (
    "From: Ines Falk <ines@longtable.example>\r\n"
    "To: <reader@example.org>\r\n"
    "Subject: The quiet quarter\r\n"
    "Date: Wed, 04 Mar 2026 06:30:00 +0100\r\n"
    "MIME-Version: 1.0\r\n"
)
HTML = "<html><body><h1>The quiet quarter</h1><p>We waited, and it worked.</p></body></html>"


def mail(body, *headers, head=HEAD):
    body = body if isinstance(body, bytes) else body.encode()
    return head.encode() + "".join(f"{line}\r\n" for line in headers).encode() + b"\r\n" + body


def parts(*each, kind="alternative", boundary="b1"):
    text = "".join(f"--{boundary}\r\n{part}\r\n" for part in each) + f"--{boundary}--\r\n"
    return mail(text, f'Content-Type: multipart/{kind}; boundary="{boundary}"')


def text_of(data):
    (issue,) = read_mail(data)
    return issue.text


def test_title_author_and_date_come_from_the_headers():
    (issue,) = read_mail(mail(HTML, "Content-Type: text/html; charset=utf-8"))
    assert issue.title == "The quiet quarter"
    assert issue.author == "Ines Falk"
    assert issue.published == "2026-03-04T05:30:00Z"
    assert issue.text == "The quiet quarter\nWe waited, and it worked."
    assert issue.problems == ()


@pytest.mark.parametrize(
    ("header", "title"),
    [
        ("=?utf-8?q?J=C3=BCrgens_Brief?=", "Jürgens Brief"),
        ("=?utf-8?b?44G+44G/44KA?=", "まみむ"),
        ("=?iso-8859-1?q?Caf=E9?= am =?utf-8?q?Ufer?=", "Café am Ufer"),
        ("=?utf-8?q?One?==?utf-8?q?_Two?=", "One Two"),
        ("=?x-unknown?q?Plain?=", "Plain"),
        ("=?utf-8?b?broken", "=?utf-8?b?broken"),
        ("Long\r\n folded title", "Long folded title"),
        ("Jürgen, roh", "Jürgen, roh"),
    ],
)
def test_a_subject_is_decoded(header, title):
    head = HEAD.replace("The quiet quarter", header)
    (issue,) = read_mail(mail("Hello there.", head=head))
    assert issue.title == title


@pytest.mark.parametrize(
    ("header", "author"),
    [
        ("Ines Falk <a@b.example>", "Ines Falk"),
        ('"Falk, Ines" <a@b.example>', "Falk, Ines"),
        ("=?utf-8?q?Falk=2C_In=C3=A8s?= <a@b.example>", "Falk, Inès"),
        ("a@b.example", "a@b.example"),
        ('Ines at "Long Table" <a@b.example>', None),
    ],
)
def test_an_author_is_the_senders_name_or_address(header, author):
    (issue,) = read_mail(
        mail("Hello there.", head=HEAD.replace("Ines Falk <ines@longtable.example>", header))
    )
    assert issue.author == author or (author is None and "Long Table" in issue.author)


@pytest.mark.parametrize(
    ("encoding", "encode"),
    [
        ("quoted-printable", quopri.encodestring),
        ("quoted-printable;", quopri.encodestring),
        ("Quoted-Printable ", quopri.encodestring),
        ("base64", base64.encodebytes),
        ("7-bit", bytes),
        ("8bit", bytes),
        ("nonsense", bytes),
    ],
)
def test_a_transfer_encoding_is_undone_however_it_is_spelled(encoding, encode):
    body = encode("Grüße aus Köln, = und mehr.".encode())
    headers = ("Content-Type: text/plain; charset=utf-8", f"Content-Transfer-Encoding: {encoding}")
    assert text_of(mail(body, *headers)) == "Grüße aus Köln, = und mehr."


@pytest.mark.parametrize(
    ("charset", "codec", "text"),
    [
        ("ks_c_5601-1987", "cp949", "안녕하세요, 똠방각하"),
        ("iso-2022-jp", "iso2022_jp", "すみません。"),
        ("gb2312", "gb18030", "欢迎收听"),
        ("iso-8859-1", "cp1252", "“quoted” – naïve"),
        ("us-ascii", "utf-8", "Grüße"),
        ("latin1", "utf-8", "Grüße"),
        ("no-such-charset", "utf-8", "Grüße"),
        ("utf-16", "utf-16", "Grüße"),
        ("hex", "utf-8", "Grüße"),
    ],
)
def test_a_charset_is_read_as_it_is_meant(charset, codec, text):
    body = base64.encodebytes(text.encode(codec))
    headers = (
        f'Content-Type: text/plain; charset="{charset}"',
        "Content-Transfer-Encoding: base64",
    )
    assert text_of(mail(body, *headers)) == text


def test_the_html_part_counts_where_the_text_part_is_a_stub():
    data = parts(
        "Content-Type: text/plain\r\n\r\nYour mail program shows no HTML.",
        f"Content-Type: text/html\r\n\r\n{HTML}",
    )
    assert text_of(data) == "The quiet quarter\nWe waited, and it worked."


def test_the_text_part_counts_where_the_html_part_is_a_picture():
    data = parts(
        "Content-Type: text/plain\r\n\r\nWe waited a whole quarter, and it worked.",
        "Content-Type: text/html\r\n\r\n<html><img src='all.png'></html>",
    )
    assert text_of(data) == "We waited a whole quarter, and it worked."


def test_boundaries_that_begin_alike_are_told_apart():
    inner = (
        'Content-Type: multipart/alternative; boundary="b1_alt"\r\n\r\n'
        f"--b1_alt\r\nContent-Type: text/html\r\n\r\n{HTML}\r\n--b1_alt--\r\n"
    )
    logo = "Content-Type: image/png\r\nContent-Disposition: attachment\r\n\r\nSNIP"
    assert "it worked" in text_of(parts(inner, logo, kind="mixed"))


def test_an_attached_text_is_no_part_of_the_issue():
    note = (
        'Content-Type: text/plain\r\nContent-Disposition: attachment; filename="a.txt"\r\n\r\nNo.'
    )
    assert "No." not in text_of(parts(f"Content-Type: text/html\r\n\r\n{HTML}", note, kind="mixed"))


def test_a_message_passed_on_as_attachment_is_the_issue():
    inner = mail("We waited a whole quarter, and it worked.").decode()
    data = parts(
        "Content-Type: text/plain\r\n\r\nFYI",
        f"Content-Type: message/rfc822\r\n\r\nFrom x@y Tue May 10 11:28:07 2005\r\n{inner}",
        kind="mixed",
    ).replace(b"The quiet quarter", b"Fwd: look", 1)
    (issue,) = read_mail(data)
    assert (issue.title, issue.author) == ("The quiet quarter", "Ines Falk")


def test_a_message_passed_on_in_the_text_speaks_for_itself():
    body = (
        "---------- Forwarded message ---------\nFrom: Ines Falk <ines@longtable.example>\n"
        "Date: Wed, Mar 4, 2026 at 6:30 AM\nSubject: The quiet quarter\nTo: <r@example.org>\n\n"
        "We waited a whole quarter, and it worked.\n"
    )
    head = HEAD.replace("The quiet quarter", "Fwd: quarter").replace("Ines Falk", "A Reader")
    (issue,) = parse_newsletters(mail(body, head=head), "a.eml")
    assert (issue.title, issue.author) == ("The quiet quarter", "Ines Falk")
    assert issue.published == "2026-03-04T06:30:00Z"
    assert issue.text == "We waited a whole quarter, and it worked."


def test_a_bad_date_is_replaced_by_the_way_the_mail_went_and_told():
    head = HEAD.replace("Wed, 04 Mar 2026 06:30:00 +0100", "Pn, 29 paX 2026 21:13")
    received = "Received: from a by b; Wed, 4 Mar 2026 07:00:00 +0000 (GMT)"
    (issue,) = read_mail(mail("Hello there.", received, head=head))
    assert issue.published == "2026-03-04T07:00:00Z"
    assert "cannot be read" in issue.problems[0]


def test_a_mail_without_a_body_keeps_its_headers_and_says_so():
    (issue,) = read_mail(mail("", 'Content-Type: multipart/mixed; boundary="gone"'))
    assert issue.title == "The quiet quarter"
    assert issue.problems == ("the mail has no text",)
    with pytest.raises(FormatError):
        parse_newsletters(mail(""), "empty.eml")


def test_a_mailbox_gives_each_issue_and_undoes_its_quoting():
    one = mail("Hello there.\r\n>From here on, quiet.\r\n")
    two = mail("A second mail.\r\n").replace(b"The quiet quarter", b"Second")
    box = b"From a@b Wed Mar  4\n" + one + b"\r\nFrom a@b Thu Mar  5\n" + two
    first, second = parse_newsletters(box, "all.mbox")
    assert first.text.endswith("From here on, quiet.")
    assert (second.title, second.text) == ("Second", "A second mail.")


def test_an_empty_mail_in_a_mailbox_costs_no_other():
    box = b"From a\n" + mail("") + b"From b\n" + mail("Words are here.")
    assert [issue.text for issue in parse_newsletters(box)] == ["", "Words are here."]


def test_flowed_lines_are_joined():
    data = mail("One line \r\ngoes on.\r\n\r\nAnother.", "Content-Type: text/plain; format=flowed")
    assert text_of(data) == "One line goes on.\nAnother."


def test_a_field_of_a_megabyte_costs_nothing_and_loses_nothing_else():
    data = mail("Words are here.", "Content-Type: text/plain; " + "charset*1=b; " * 80_000)
    (issue,) = read_mail(data)
    assert (issue.title, issue.text) == ("The quiet quarter", "Words are here.")


def test_a_mail_nested_past_all_reason_is_told_from_its_headers():
    nested = "".join(
        f"Content-Type: multipart/mixed; boundary=b{n}\r\n\r\n--b{n}\r\n" for n in range(3000)
    )
    (issue,) = read_mail(HEAD.encode() + nested.encode())
    assert issue.title == "The quiet quarter"


@pytest.mark.parametrize(
    ("data", "expected"),
    [
        (mail("x"), True),
        (b"\n\n" + mail("x"), True),
        (b"From a@b Wed Mar 4\n" + mail("x"), True),
        (b"Subject: a plain note\n\nwith one field", False),
        (b"<html><body>From: a\nSubject: b</body></html>", False),
        (b"Dear reader,\n\nhello", False),
        (b"", False),
    ],
)
def test_a_mail_is_known_by_its_fields(data, expected):
    assert looks_like_newsletter_mail(data) is expected


FIELDS = st.sampled_from(
    ["Content-Type: text/html", "Content-Type: multipart/mixed; boundary=b", "Content-Type: ;=",
     "Content-Transfer-Encoding: base64", "Content-Transfer-Encoding: x-uuencode",
     "Content-Type: message/rfc822", "Subject: =?utf-8?b?=?=", "Date: 99", "From: <<>>", "From: ,",
     "Content-Type: text/plain; charset*=utf-8''x", "--b", "--b--", "", "begin 644 x"]
)  # fmt: skip


@given(st.lists(st.one_of(FIELDS, st.text(max_size=20)), max_size=20), st.binary(max_size=60))
def test_any_mail_is_read(fields, body):
    data = "\n".join(["From: a@b.example", "Subject: x", *fields]).encode("utf-8", "replace")
    for issue in read_mail(data + b"\n\n" + body):
        assert issue.title is None or issue.title.strip()


@given(st.one_of(st.binary(max_size=300), st.text(max_size=200).map(str.encode)))
def test_the_door_raises_nothing_but_a_format_error(data):
    for name in ("", "a.eml", "a.html", "a.md", "a.txt"):
        with contextlib.suppress(FormatError):
            assert parse_newsletters(data, name)


def test_a_mailbox_mark_without_headers_under_it_is_left_out():
    read = read_mail(b"From ida Thu Mar  5 08:00:00 2026\nBudgets are wishes that nobody reads.\n")
    assert [block.text for issue in read for block in issue.blocks] == [
        "Budgets are wishes that nobody reads."
    ]
