"""What a real browser plays after it was told to seek: told by the pitch of a rising tone."""

import pytest

from tests.audio_making import rising, write_variable_mp3
from tests.web_house import make_full_house

pytestmark = pytest.mark.browser

LENGTH_S = 90
NEAR_S = 0.35
"""What is heard is averaged over 0.17 s, and the player may be a little ahead of its clock."""

# The pitch of what sounds 0.4 s after a seek, as the second that has it, beside the player's own.
HEAR = """async ([source, at]) => {
  const audio = new Audio(source);
  const context = new AudioContext();
  const analyser = new AnalyserNode(context, { fftSize: 8192, smoothingTimeConstant: 0 });
  context.createMediaElementSource(audio).connect(analyser);
  await new Promise((done, failed) => {
    audio.onloadedmetadata = done;
    audio.onerror = () => failed(new Error(audio.error.message));
  });
  audio.currentTime = at;
  await audio.play();
  await new Promise((done) => setTimeout(done, 500));
  const loudness = new Float32Array(analyser.frequencyBinCount);
  analyser.getFloatFrequencyData(loudness);
  const now = audio.currentTime;
  audio.pause();
  const pitch = loudness.indexOf(Math.max(...loudness)) * context.sampleRate / analyser.fftSize;
  await context.close();
  return [now, (pitch - 300) / 20 + 8192 / context.sampleRate / 2];
}"""


@pytest.fixture
def house(home, catalogue):
    home.media.mkdir(parents=True)
    write_variable_mp3(home.media / "one.mp3", rising(LENGTH_S))
    return make_full_house(home, catalogue, audio_name="one.mp3")


def test_a_variable_mp3_is_heard_at_the_second_that_was_sought(page, house):
    page.goto("/library")
    page.mouse.click(5, 5)  # a browser plays nothing before it is touched
    for at in (12, 33, 58, 80):
        now, heard = page.evaluate(HEAR, [f"/episodes/{house.ids['full']}/audio", at])
        assert abs(heard - now) < NEAR_S, f"sought {at}, heard {heard:.2f} at {now:.2f}"
