// Counts down to the moment when a decision takes effect; the server is the one that holds it.
(() => {
  const tick = () => {
    for (const bar of document.querySelectorAll("[data-undo]")) {
      const left = (Date.parse(bar.dataset.until) - Date.now()) / 1000;
      if (left <= 0) {
        bar.remove();
        continue;
      }
      const words = bar.querySelector("[data-undo-words]");
      const said = (words.dataset.words || "in {n} s").replace("{n}", Math.ceil(left));
      if (words.textContent !== said) words.textContent = said;
      bar.querySelector("progress").value = left;
    }
  };

  tick();
  setInterval(tick, 250);
})();
