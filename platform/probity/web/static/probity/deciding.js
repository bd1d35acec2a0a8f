// Counts down to the moment when a decision takes effect; the server is the one that holds it.
(() => {
  const bars = () => document.querySelectorAll("[data-undo]");

  const tick = () => {
    for (const bar of bars()) {
      const left = (Date.parse(bar.dataset.until) - Date.now()) / 1000;
      if (left <= 0) {
        bar.remove();
        continue;
      }
      const words = bar.querySelector("[data-undo-words]");
      const said = `in ${Math.ceil(left)} s`;
      if (words.textContent !== said) words.textContent = said;
      bar.querySelector("progress").value = left;
    }
  };

  if (!bars().length) return;
  tick();
  setInterval(tick, 250);
})();
