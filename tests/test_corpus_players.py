"""Addresses on players: what is known again, and how a link there opens at a moment."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from corpus.errors import UsageError
from corpus.players import find_page, link_moment, read_page

AT_MS = 3_694_200  # 1:01:34.2

EXACT = [
    ("https://www.youtube.com/watch?v=dQw4w9WgXcQ", "https://www.youtube.com/watch?v=dQw4w9WgXcQ&t=3694s"),
    ("https://www.youtube.com/watch?v=dQw4w9WgXcQ&t=12s&list=PL1", "https://www.youtube.com/watch?v=dQw4w9WgXcQ&list=PL1&t=3694s"),
    ("https://m.youtube.com/watch?v=dQw4w9WgXcQ", "https://m.youtube.com/watch?v=dQw4w9WgXcQ&t=3694s"),
    ("https://youtu.be/dQw4w9WgXcQ?si=abc", "https://youtu.be/dQw4w9WgXcQ?si=abc&t=3694"),
    ("https://www.youtube.com/live/dQw4w9WgXcQ?feature=share", "https://www.youtube.com/watch?v=dQw4w9WgXcQ&t=3694s"),
    ("https://www.youtube.com/embed/dQw4w9WgXcQ?start=9", "https://www.youtube.com/watch?v=dQw4w9WgXcQ&t=3694s"),
    ("https://open.spotify.com/episode/512ojhOuo1ktJprKbVcKyQ", "https://open.spotify.com/episode/512ojhOuo1ktJprKbVcKyQ?t=3694"),
    ("https://open.spotify.com/intl-de/episode/512ojhOuo1ktJprKbVcKyQ?si=x", "https://open.spotify.com/intl-de/episode/512ojhOuo1ktJprKbVcKyQ?si=x&t=3694"),
    ("https://pca.st/9mjo6ijv", "https://pca.st/9mjo6ijv?t=3694"),
    ("https://pca.st/episode/c510a66f-f9c0-45c8-bca2-8c0cc1d5f055?t=28,60", "https://pca.st/episode/c510a66f-f9c0-45c8-bca2-8c0cc1d5f055?t=3694"),
    ("https://overcast.fm/+UtNTAcN2Y", "https://overcast.fm/+UtNTAcN2Y/1:01:34"),
    ("https://overcast.fm/+UtNTAcN2Y/13:36", "https://overcast.fm/+UtNTAcN2Y/1:01:34"),
    ("https://vimeo.com/123456", "https://vimeo.com/123456#t=3694s"),
    ("https://soundcloud.com/show/episode-1", "https://soundcloud.com/show/episode-1#t=1:01:34"),
    ("https://cdn.example.com/a%20b/one.mp3?x=1", "https://cdn.example.com/a%20b/one.mp3?x=1#t=3694.2"),
]  # fmt: skip
OPENS_ONLY = [
    "https://podcasts.apple.com/us/podcast/a-show/id809264944?i=1000394367287",
    "https://castro.fm/episode/abc",
    "https://podcastaddict.com/episode/131692346",
    "https://www.example.com/episodes/12?t=5",
    "https://www.youtube.com.example.com/watch?v=dQw4w9WgXcQ",
]


@pytest.mark.parametrize(("url", "href"), EXACT)
def test_a_link_opens_at_the_second_where_the_player_can(url, href):
    link = link_moment(read_page(url).url, AT_MS)
    assert (link.href, link.is_exact) == (href, True)
    assert link_moment(link.href, AT_MS).href == href


@pytest.mark.parametrize("url", OPENS_ONLY)
def test_elsewhere_a_link_opens_the_episode_and_says_so(url):
    link = link_moment(read_page(url).url, AT_MS)
    assert (link.href, link.is_exact) == (url, False)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "youtu.be/dQw4w9WgXcQ",
        "javascript:alert(1)",
        "ftp://example.com/a.mp3",
        "https://example.com/a b",
        'https://example.com/"><script>',
        "https://[bad/",
        "https://www.youtube.com/@channel",
        "https://www.youtube.com/playlist?list=PL1",
        "https://open.spotify.com/show/6WJJC1RMBJzkH1MhusyZNd",
        "https://pca.st/podcast/1856a0c0-731d-0139-3455-0acc26574db2",
        "https://overcast.fm/itunes173754605/a-show",
        "https://podcasts.apple.com/us/podcast/a-show/id809264944",
        "https://example.com/" + "a" * 2_000,
    ],
)
def test_what_is_no_address_of_an_episode_is_refused(text):
    with pytest.raises(UsageError):
        read_page(text)


def test_spotifys_own_form_of_an_address_is_read():
    assert (
        read_page("spotify:episode:512ojhOuo1").url == "https://open.spotify.com/episode/512ojhOuo1"
    )


def test_only_known_players_are_found_in_a_feed():
    assert find_page("https://youtu.be/dQw4w9WgXcQ").player == "youtube"
    assert find_page("https://example.com/one") is None
    assert find_page(None) is None


@given(text=st.text(max_size=80), start_ms=st.none() | st.integers(-5, 10**12))
def test_no_text_is_a_crash(text, start_ms):
    for url in (text, f"https://{text}", f"https://youtu.be/{text}"):
        find_page(url)
        link_moment(url, start_ms)
