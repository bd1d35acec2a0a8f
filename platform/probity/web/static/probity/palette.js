// The palette (Ctrl-K): what can be done on this page, and where one can go. The server finds;
// words that people wrote enter the page as text only.
(() => {
  const at = (id) => document.getElementById(id);
  const isOpen = () => Boolean(at("palette")?.open);
  let wanted = false;

  const options = () => [...at("palette-list").querySelectorAll("[role=option]")];
  const active = () => at("palette-list").querySelector("[aria-selected=true]");

  const select = (option) => {
    const before = active();
    if (before) before.setAttribute("aria-selected", "false");
    const input = at("palette-input");
    if (option) {
      option.setAttribute("aria-selected", "true");
      option.scrollIntoView({ block: "nearest" });
      input.setAttribute("aria-activedescendant", option.id);
    } else {
      input.removeAttribute("aria-activedescendant");
    }
  };

  const step = (by) => {
    const all = options();
    if (!all.length) return;
    const now = all.indexOf(active());
    select(all[(now + by + all.length) % all.length]);
  };

  const wordsOf = (element) => {
    if (element.dataset.words) return element.dataset.words;
    const said = element.getAttribute("aria-label");
    const label = element.labels && element.labels[0];
    const copy = (label || element).cloneNode(true);
    for (const cap of copy.querySelectorAll("kbd, textarea, .unseen")) cap.remove();
    return (said || copy.textContent).replace(/\s+/g, " ").trim();
  };

  const usable = (element) =>
    !element.matches(":disabled") && !element.closest("[hidden], dialog") && wordsOf(element);

  const acts = () => {
    const words = at("palette-input").value.toLowerCase().split(/\s+/).filter(Boolean);
    // A number is a case's, never a part of an action's words: Enter must not act by accident.
    const number = words.length > 0 && words.every((word) => /^(p-)?\d+$/.test(word));
    const place = at("palette-acts");
    const head = place.dataset.kind;
    const seen = new Set();
    const made = [];
    for (const element of document.querySelectorAll("main [data-act], .undo-bars [data-act]")) {
      if (!usable(element)) continue;
      const text = wordsOf(element);
      const fits = !number && words.every((word) => text.toLowerCase().includes(word));
      if (!fits || seen.has(text)) continue;
      seen.add(text);
      const option = document.createElement("div");
      option.className = "hit";
      option.id = `palette-act-${made.length}`;
      option.setAttribute("role", "option");
      option.setAttribute("aria-selected", "false");
      const kind = document.createElement("span");
      kind.className = "hit-kind";
      kind.textContent = head;
      const name = document.createElement("span");
      name.textContent = text;
      option.append(kind, name);
      option.run = () => element.dispatchEvent(new CustomEvent("probity:press", { bubbles: true }));
      made.push(option);
    }
    place.replaceChildren(...made);
    place.hidden = !made.length;
  };

  const tell = () => {
    const all = options();
    at("palette-none").hidden = all.length > 0;
    at("palette-count").textContent = at("palette-count").dataset.words.replace("{n}", all.length);
    select(all[0]);
  };

  const choose = (option) => {
    if (!option) return;
    at("palette").close();
    if (option.run) {
      option.run();
      return;
    }
    const address = option.dataset.go;
    if ("swaps" in option.dataset && at("case-version")) {
      htmx.ajax("GET", address, { target: "#main", swap: "outerHTML", push: "true" });
    } else {
      location.assign(address);
    }
  };

  const answered = () => {
    const said = at("palette-found").querySelector("[data-asked]");
    return said !== null && said.dataset.asked === at("palette-input").value;
  };

  const open = () => {
    const box = at("palette");
    if (!box || box.open || document.querySelector("dialog[open]")) return;
    wanted = false;
    const input = at("palette-input");
    input.value = "";
    at("palette-found").replaceChildren();
    box.showModal();
    acts();
    tell();
    input.focus();
    htmx.trigger(input, "palette");
  };

  const key = (event) => {
    const moves = { ArrowDown: 1, ArrowUp: -1 };
    if (event.key in moves) step(moves[event.key]);
    else if (event.key === "Enter") {
      if (event.isComposing) return;
      if (answered() || active()?.run) choose(active());
      else wanted = true;
    } else return;
    event.preventDefault();
  };

  document.addEventListener("keydown", (event) => {
    if ((event.ctrlKey || event.metaKey) && !event.altKey && event.key.toLowerCase() === "k") {
      if (!at("palette")) return;
      event.preventDefault();
      if (isOpen()) at("palette").close();
      else open();
    } else if (isOpen() && event.target.id === "palette-input") key(event);
  });

  document.addEventListener("input", (event) => {
    if (event.target.id !== "palette-input") return;
    wanted = false;
    acts();
    tell();
  });

  document.addEventListener("htmx:afterSettle", (event) => {
    if (event.detail.target?.id !== "palette-found" || !isOpen()) return;
    tell();
    // An answer to what was typed before is not what Enter was pressed for.
    if (!wanted || !answered()) return;
    wanted = false;
    choose(active());
  });

  document.addEventListener("click", (event) => {
    if (event.target.closest("[data-palette]") && at("palette")) {
      event.preventDefault();
      open();
      return;
    }
    const option = isOpen() && event.target.closest("#palette [role=option]");
    if (option) choose(option);
    else if (event.target.id === "palette") at("palette").close();
  });
})();
