import pytest
from hypothesis import given
from hypothesis import strategies as st

from corpus.formats.encoding import decode_text

TEXT = "Zürich naïve café, said Ana. " * 20


@pytest.mark.parametrize(
    "encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "utf-32", "cp1252"]
)
def test_text_survives_every_usual_encoding(encoding):
    assert decode_text(TEXT.encode(encoding)).text == TEXT


def test_a_guess_is_told():
    assert "cp1252" in decode_text(TEXT.encode("cp1252")).problems[0]
    assert decode_text(TEXT.encode()).problems == ()


def test_a_declared_charset_is_believed_where_it_is_not_utf8():
    page = '<meta charset="iso-8859-7"><p>Καλημέρα</p>'
    assert "Καλημέρα" in decode_text(page.encode("iso-8859-7")).text


def test_heavy_non_western_text_is_guessed_by_its_letters():
    text = "Привет всем, это наш новый выпуск подкаста о деньгах и времени. " * 10
    assert decode_text(text.encode("cp1251")).text == text


def test_a_few_broken_bytes_do_not_turn_utf8_into_something_else():
    data = (TEXT * 3).encode() + b"\xff" + TEXT.encode()
    decoded = decode_text(data)
    assert decoded.text.count("\ufffd") == 1
    assert "Zürich" in decoded.text
    assert decoded.problems


@given(st.binary(max_size=300))
def test_any_bytes_become_text_without_nul(data):
    assert "\0" not in decode_text(data).text
