"""The bench of a long feed runs and tells all of its figures."""

from bench.feed_speed import measure


def test_a_short_feed_is_stored_found_and_embedded():
    figures = measure(5, 30, "fake")
    assert figures["stored"] == 5
    assert len(figures["stored_mb"]) == len(figures["embedded_mb"]) == 4
    assert figures["stored_per_s"] >= figures["findable_per_s"] > 0
    assert figures["embed_share"] > 0
    assert figures["cpu_ms_per_episode"] > 0
