/* Moments as addresses and clocks write them; the same forms that the server reads. */

const SECONDS = /^(\d+(?:\.\d{1,9})?)s?$/;
const UNITS = /^(?:(\d+)h)?(?:(\d+)m)?(?:(\d+)s)?$/;
const CLOCK = /^(?:(\d+):(?=[0-5]?\d:))?(\d+):([0-5]\d(?:[.,]\d{1,9})?)$/;

/** Return the seconds that `28:10`, `1690`, `1690.5` or `28m10s` name, else null. */
export function parseMoment(text) {
  const trimmed = text.trim();
  let match = SECONDS.exec(trimmed);
  if (match) return Number(match[1]);
  match = (trimmed && UNITS.exec(trimmed)) || CLOCK.exec(trimmed);
  if (!match) return null;
  const [hours, minutes, seconds] = match.slice(1).map((part) => Number((part || "0").replace(",", ".")));
  return (hours * 60 + minutes) * 60 + seconds;
}

/** Return the seconds that the fragment of an address names (`#t=28:10`), else null. */
export function momentOfHash(hash) {
  const match = /^#(?:.*&)?t=([^&,]+)/.exec(hash);
  if (!match) return null;
  try {
    return parseMoment(decodeURIComponent(match[1]));
  } catch {
    return null; // A lone percent sign: no moment.
  }
}

/** Return seconds as a clock text: `28:10`, `1:02:03`. */
export function formatMoment(seconds) {
  const whole = Math.max(0, Math.floor(seconds));
  const two = (part) => String(part).padStart(2, "0");
  const hours = Math.floor(whole / 3600);
  const minutes = Math.floor(whole / 60) % 60;
  return hours ? `${hours}:${two(minutes)}:${two(whole % 60)}` : `${minutes}:${two(whole % 60)}`;
}
