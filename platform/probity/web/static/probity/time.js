// Keeps relative times and running clocks fresh. The server wrote them; without this they only age.
(() => {
  const german = document.documentElement.lang === "de";
  const say = (english, deutsch) => (german ? deutsch : english);
  const MINUTE = 60, HOUR = 3600, DAY = 86400;
  const warned = new Set();

  const span = (seconds) => {
    const s = Math.abs(Math.trunc(seconds));
    if (s < MINUTE) return `${s} s`;
    if (s < HOUR) return `${Math.floor(s / MINUTE)} min`;
    if (s < 3 * DAY) return `${Math.floor(s / HOUR)} h ${Math.floor((s % HOUR) / MINUTE)} min`;
    return `${Math.floor(s / DAY)} ${say("d", "T")} ${Math.floor((s % DAY) / HOUR)} h`;
  };

  const until = (iso) => (Date.parse(iso) - Date.now()) / 1000;

  const put = (element, words) => {
    if (element.textContent !== words) element.textContent = words;
  };

  const relative = (seconds) => {
    if (Math.abs(seconds) < MINUTE) {
      return seconds <= 0
        ? say("just now", "gerade eben")
        : say("in less than a minute", "in weniger als einer Minute");
    }
    return seconds > 0 ? `in ${span(seconds)}` : say(`${span(seconds)} ago`, `vor ${span(seconds)}`);
  };

  const announce = (words) => {
    const place = document.getElementById("announce");
    if (place) place.textContent = words;
  };

  const lease = (element) => {
    const left = until(element.dataset.left);
    put(element, left > 0 ? span(left) : say("no longer", "nicht mehr"));
    const key = element.dataset.left;
    if (left > 0 && left < 2 * MINUTE && !warned.has(key)) {
      warned.add(key);
      announce(
        say(
          "Your claim on this case ends in less than two minutes. Extend it to keep the case.",
          "Ihre Übernahme endet in weniger als zwei Minuten. Verlängern Sie sie, um den Fall zu behalten.",
        ),
      );
    }
  };

  const tick = () => {
    for (const element of document.querySelectorAll("time[data-relative]")) {
      put(element, relative(until(element.dateTime)));
    }
    for (const element of document.querySelectorAll("[data-due]")) {
      const left = until(element.dataset.due);
      put(element, left < 0
          ? say(`${span(left)} late`, `${span(left)} überschritten`)
          : say(`${span(left)} left`, `noch ${span(left)}`));
    }
    for (const element of document.querySelectorAll("[data-left]")) lease(element);
  };

  tick();
  setInterval(tick, 1000);
})();
