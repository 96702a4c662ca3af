"""What quotes, minus and filters promise, held against a scan of all passages."""

import pytest

from search.keywords import KeywordDocument, KeywordIndex


def holds(tmp_path, text, phrase):
    index = KeywordIndex(tmp_path / "keywords")
    index.apply([KeywordDocument(id=1, text=text), KeywordDocument(id=2, text="Nothing of it.")])
    return index.find_ids([[phrase]], []).tolist() == [1]


@pytest.mark.parametrize(
    ("text", "phrase"),
    [
        ("I saw it on LinkedIn today.", "on linkedin today"),
        ("I saw it on linkedin today.", "on LinkedIn today"),
        ("I saw it on LinkedIn today.", "ON LINKEDIN TODAY"),
        ("Ask HubSpot's people now.", "hubspot people now"),
        ("Send it to my e-mail address.", "my email address"),
        ("Send it to my email address.", "my e-mail address"),
        ("Send it to my e‑mail address.", "to my e mail address"),
        ("We serve them 24/7 here.", "them 24/7 here"),
        ("We serve them 24-7 here.", "them 24/7 here"),
        ("Read our P&L. Then the R&D budget in C++ or C#.", "the r&d budget in c++ or c#"),
        ("Growth was 3.5 percent of 1,000.", "3.5 percent of 1000"),
        ("We ran an A/B test.", "an ab test"),
        ("We ran an A-B test.", "an A/B test"),
        ("Meet at 5 P.M. sharp in the U.S.A. office.", "5 pm sharp in the usa office"),
        ("Meet at 5 pm sharp.", "5 P.M. sharp"),
        ("Don’t say it’s done.", "don't say it's done"),
        ("Don't say it's done.", "DON’T SAY IT‘S"),
        ("Donʼt say it.", "dont say it"),
        ("The client’s budget.", "the client's budget"),
        ("Use #hash and @name.", "#hash and @name"),
        ("Write to jo.doe@example.com or https://example.com/a?b=c.", "jo.doe@example.com"),
        ("Write to jo.doe@example.com or https://example.com/a?b=c.", "example.com/a?b=c"),
        ("This is 👍 good.", "is 👍 good"),
        ("La cafe\u0301 résumé.", "la café resume\u0301"),
        ("Die Straße in München.", "die STRASSE in munchen"),
        ("Ask Søren in Łódź.", "ask soren in lodz"),
        ("İstanbul'da ISI ve ısı.", "istanbulda ısı ve ISI"),
        ("Ο ΣΊΣΥΦΟΣ γελά.", "ο σισυφος γελα"),
        ("Её Пчёлы летят.", "ее пчелы летят"),
        ("שָׁלוֹם לכם.", "שלום לכם"),
        ("قال مُحَمَّد شيئا.", "محمد شيئا"),
        ("हिन्दी किताब है।", "हिन्दी किताब"),
        ("猫が蜂を追いかける。", "蜂を追い"),
        ("我们 谈 客户预算的问题。", "客户预算"),
        ("กินข้าวแล้ว", "ข้าว"),
        ("예산을 논의했다", "예산을"),
        ("Ｆｕｌｌ ｗｉｄｔｈ ＡＢＣ", "full width abc"),
        ("Python入門の本", "python入門"),
        ("word " * 300 + "the LinkedIn page", "the linkedin page"),
    ],
)
def test_a_phrase_is_found_however_it_is_written(tmp_path, text, phrase):
    assert holds(tmp_path, text, phrase)


@pytest.mark.parametrize(
    ("text", "phrase"),
    [
        ("Let it go. We let go of it.", "let's go"),
        ("That right there.", "that's right"),
        ("It time.", "it's time"),
        ("Two scopes creep.", "scope creep"),
        ("The creep of scope.", "scope creep"),
        ("On linked pages in May.", "on linkedin pages"),
        ("It ends. LinkedIn", "linkedin it ends"),
        ("C is not it.", "C++"),
        ("P and L.", "P&L"),
        ("ข่าว", "ข้าว"),
        ("猫と蜂", "猫蜂"),
        ("He paid 35.", "3.5"),
    ],
)
def test_what_only_looks_like_a_phrase_is_none(tmp_path, text, phrase):
    assert not holds(tmp_path, text, phrase)


@pytest.mark.parametrize(
    ("text", "asked"),
    [
        ("The PMs met.", "PM"),
        ("Every PM met.", "pms"),
        ("Our KPIs rose.", "kpi"),
        ("One KPI rose.", "KPIs"),
        ("Two NDAs.", "NDA"),
        ("Any Q&As?", "Q&A"),
        ("The P&Ls.", "P&L"),
        ("The AMs.", "AM"),
        ("A.M.s and P.M.s", "pm"),
    ],
)
def test_acronyms_are_found_in_the_other_number(tmp_path, text, asked):
    index = KeywordIndex(tmp_path / "keywords")
    index.apply([KeywordDocument(id=1, text=text)])
    assert index.search(index.weigh(asked), 5)
