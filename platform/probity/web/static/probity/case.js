// The case page keeps its place: open folds stay open, focus is not lost, grey stays grey.
(() => {
  const german = document.documentElement.lang === "de";
  const say = (english, deutsch) => (german ? deutsch : english);
  const GREY = "probity.grey";
  const SERVER_DECIDES = new Set(["decide-again", "rests-on"]);
  let folds = new Map();
  let focused = null;

  const remember = (event) => {
    if (event.detail.target?.id === "main") {
      folds = new Map();
      focused = null;
      return;
    }
    folds = new Map([...document.querySelectorAll("main details[id]")].map((d) => [d.id, d.open]));
    const active = document.activeElement;
    const region = active && active.closest("[id].law, [id].where, [id].hold, [id].media, [id].decide");
    focused = region ? { id: active.id, region: region.id } : null;
  };

  const restore = () => {
    for (const [id, open] of folds) {
      const fold = document.getElementById(id);
      if (fold && !SERVER_DECIDES.has(id)) fold.open = open;
    }
    refocus();
    grey();
  };

  const FOCUSABLE = "button, input:not([type=hidden]), summary, a";

  const refocus = () => {
    if (!focused || document.activeElement !== document.body) return;
    const region = document.getElementById(focused.region);
    const same = focused.id && document.getElementById(focused.id);
    const next = same || (region && region.querySelector(FOCUSABLE));
    if (next) next.focus({ preventScroll: true });
  };

  const correct = (event) => {
    if (event.detail.xhr.status !== 422) return;
    const form = document.getElementById("decide-form");
    const wrong = form && form.querySelector("#action-error, [aria-invalid=true], .field-error");
    if (!wrong) return;
    const field = wrong.id === "action-error" ? form.querySelector(".actions input") : wrong;
    if (field.matches("input, textarea")) field.focus();
  };

  const grey = () => {
    const on = localStorage.getItem(GREY) === "on";
    document.body.classList.toggle("is-grey", on);
    for (const button of document.querySelectorAll("[data-grey]")) {
      button.hidden = false;
      button.setAttribute("aria-pressed", String(on));
    }
  };

  const trouble = (words) => {
    const place = document.getElementById("notice");
    if (!place) return;
    const line = document.createElement("p");
    line.className = "notice notice-error";
    line.setAttribute("role", "alert");
    line.textContent = words;
    place.replaceChildren(line);
  };

  // A part is not replaced under a request that was sent from it: its own answer would find no
  // place any more, and the page would stay as it was. What is only shown beforehand may go.
  let answered = null;
  const spare = (event) => {
    const waiting = [...event.detail.target.querySelectorAll(".htmx-request:not(.decide-preview)")];
    if (waiting.some((element) => element !== answered)) event.detail.shouldSwap = false;
  };

  document.addEventListener("htmx:beforeOnLoad", (event) => {
    answered = event.detail.elt;
  });
  document.addEventListener("htmx:oobBeforeSwap", spare);
  document.addEventListener("click", (event) => {
    if (!event.target.closest("[data-grey]")) return;
    localStorage.setItem(GREY, localStorage.getItem(GREY) === "on" ? "off" : "on");
    grey();
  });
  document.addEventListener("htmx:beforeSwap", remember);
  document.addEventListener("htmx:afterRequest", restore);
  document.addEventListener("htmx:afterRequest", correct);
  document.addEventListener("htmx:responseError", () => {
    trouble(
      say(
        "This did not work on our side. Nothing was changed; try again in a minute.",
        "Das hat bei uns nicht geklappt. Es wurde nichts geändert; versuchen Sie es gleich noch einmal.",
      ),
    );
  });
  document.addEventListener("htmx:sendError", () => {
    trouble(
      say(
        "The server cannot be reached. Nothing was changed; check your connection.",
        "Der Server ist nicht erreichbar. Es wurde nichts geändert; prüfen Sie Ihre Verbindung.",
      ),
    );
  });
  grey();
})();
