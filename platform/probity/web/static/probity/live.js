// An open case says every few seconds that it is open, and hears what changed around it; in between
// it asks, at less cost, who holds the case. A page that nobody can see says nothing.
(() => {
  let said = 0;
  let asked = 0;

  const look = (quick) => {
    const place = document.getElementById("presence");
    const mark = document.getElementById("quick-mark");
    if (!place || !mark || document.hidden) return;
    asked = Date.now();
    if (!quick) said = asked;
    mark.value = quick ? "1" : "";
    htmx.trigger(place, "look");
  };

  const say = () => look(false);

  const turn = () => {
    const place = document.getElementById("presence");
    if (!place) return;
    if (Date.now() - said >= 1000 * Number(place.dataset.every)) say();
    else if (Date.now() - asked >= 1000 * Number(place.dataset.quick)) look(true);
  };

  document.addEventListener("DOMContentLoaded", say);
  document.addEventListener("visibilitychange", turn);
  document.addEventListener("htmx:historyRestore", say);
  // somebody was faster: then who holds the case is told at once
  document.addEventListener("htmx:afterRequest", (event) => {
    if (event.detail.xhr.status === 409) say();
  });
  // an answer about the case that is left must not reach the one that takes its place
  document.addEventListener("htmx:beforeSwap", (event) => {
    const place = document.getElementById("presence");
    if (place && event.detail.target.id === "main") htmx.trigger(place, "htmx:abort");
  });
  document.addEventListener("htmx:afterSettle", (event) => {
    if (event.target.id === "main") say();
  });
  setInterval(turn, 1000);
})();
