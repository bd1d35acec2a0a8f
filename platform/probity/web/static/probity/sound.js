// Switching a clip's sound on is a step of its own: it goes on the record once per reveal.
(() => {
  const told = new Set();

  const tell = (video) => {
    const figure = video.closest("[data-copy]");
    const region = video.closest("[data-step]");
    const token = region && region.querySelector("[name=csrfmiddlewaretoken]");
    if (!figure || !token || told.has(figure.dataset.copy)) return;
    told.add(figure.dataset.copy);
    const body = new URLSearchParams({
      derivative: figure.dataset.copy,
      step: "sound",
      csrfmiddlewaretoken: token.value,
    });
    fetch(region.dataset.step, { method: "POST", body, credentials: "same-origin" });
  };

  document.addEventListener(
    "volumechange",
    (event) => {
      if (event.target.matches("video") && !event.target.muted) tell(event.target);
    },
    true,
  );
})();
