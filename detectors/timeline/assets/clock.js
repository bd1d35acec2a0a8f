// Moments in words, and which frame is shown when. Nothing here touches the page.
export const words = (seconds) => {
  const whole = Math.round(Math.max(0, seconds) * 100);
  const rest = whole % 6000;
  const minutes = Math.floor(whole / 6000);
  const two = (number) => String(number).padStart(2, "0");
  const ahead = minutes >= 60 ? `${Math.floor(minutes / 60)}:${two(minutes % 60)}` : String(minutes);
  return `${ahead}:${two(Math.floor(rest / 100))}.${two(rest % 100)}`;
};

// The last place of a rising list whose value is not above the given one; -1 before the first.
export const lastBefore = (list, value) => {
  let low = 0;
  let high = list.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (list[middle] <= value) low = middle + 1;
    else high = middle;
  }
  return low - 1;
};

// Where to seek so that the frame `step` away from the one at `now` is shown: its middle, since the
// borders are rounded differently in every browser.
export const stepped = (times, now, step, usual) => {
  if (!times.length) return Math.max(0, now + step * usual);
  const at = Math.max(0, lastBefore(times, now + 0.0015));
  const next = Math.min(times.length - 1, Math.max(0, at + step));
  const end = next + 1 < times.length ? times[next + 1] : times[next] + usual;
  return (times[next] + end) / 2;
};
