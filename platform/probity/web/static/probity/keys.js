// Single keys, for who switched them on. The server names each action's key; what can be acted on
// names its action (`data-act`). Without a key for it an action stays where it is: on the page.
(() => {
  const named = document.querySelector("meta[name=probity-keys]");
  const given = named ? JSON.parse(named.content) : {};
  const here = document.body.classList.contains("on-case") ? given.case : given.lists;
  const keys = { ...given.everywhere, ...here };
  const actOf = (key) => Object.keys(keys).filter((act) => keys[act] === key);
  const REPEATING = new Set(["down", "up", "frame-back", "frame-on"]);

  const typing = (target) =>
    target.isContentEditable ||
    target.matches("textarea, select, input:not([type=radio]):not([type=checkbox])");

  // Whether somebody could act on it, perhaps after a fold is opened.
  const usable = (element) =>
    !element.matches(":disabled") &&
    !element.closest("[hidden], dialog:not([open])") &&
    (element.getClientRects().length > 0 || Boolean(element.closest("details:not([open])")));

  const holders = (act) =>
    [...document.querySelectorAll(`[data-act="${CSS.escape(act)}"]`)].filter(usable);

  const openFolds = (element) => {
    for (let fold = element.closest("details"); fold; fold = fold.parentElement.closest("details")) {
      if (!(element.matches("summary") && element.parentElement === fold)) fold.open = true;
    }
  };

  const press = (element) => {
    openFolds(element);
    element.focus();
    if ("onlyFocus" in element.dataset || element.matches("textarea, select")) return;
    if (element.matches("input") && typing(element)) return;
    element.click();
  };

  const rows = () => [...document.querySelectorAll("main [data-row-link]")];
  const rowNow = () => {
    const active = document.activeElement;
    return active.closest("tr, li")?.querySelector("[data-row-link]") || active;
  };

  const move = (step) => {
    const links = rows();
    if (!links.length) return false;
    const at = links.indexOf(rowNow());
    const next = at < 0 ? 0 : Math.min(links.length - 1, Math.max(0, at + step));
    links[next].focus();
    links[next].scrollIntoView({ block: "nearest" });
    return true;
  };

  const tick = () => {
    const box = rowNow().closest("tr, li")?.querySelector("input[type=checkbox]");
    if (box) box.click();
    return Boolean(box);
  };

  const firstTab = () => {
    const tab = document.querySelector("main nav.tabs a");
    if (tab) tab.focus();
    return Boolean(tab);
  };

  const questions = () =>
    [...document.querySelectorAll(".question")].filter((one) => !one.closest("details:not([open])"));

  const askNext = () => {
    const all = questions();
    const at = all.findIndex((question) => question.contains(document.activeElement));
    const next = all[(at + 1) % all.length];
    const control = next && next.querySelector("[data-answer], input.number, input.codes, summary");
    if (control) control.focus();
    return Boolean(control);
  };

  const answer = (number) => {
    const all = questions();
    const at = all.find((question) => question.contains(document.activeElement)) || all[0];
    const button = at && at.querySelector(`[data-answer="${number}"]`);
    if (button) button.click();
    return Boolean(button);
  };

  const MOVES = {
    down: () => move(1),
    up: () => move(-1),
    tick,
    "first-tab": firstTab,
    question: askNext,
    "answer-true": () => answer(1),
    "answer-false": () => answer(2),
    "answer-unknown": () => answer(3),
  };

  const act = (name) => {
    if (name in MOVES && MOVES[name]()) return true;
    const door = name === "search" && document.querySelector("[data-palette]");
    const element = holders(name)[0] || door;
    if (element) press(element);
    return Boolean(element);
  };

  const hint = (element, key) => {
    const cap = document.createElement("kbd");
    cap.setAttribute("aria-hidden", "true");
    cap.textContent = key.toUpperCase();
    if (element.matches("textarea, select")) {
      const label = element.labels && element.labels[0];
      if (label) label.append(" ", cap);
    } else if (element.matches("input")) {
      if (element.closest("label")) element.after(cap);
    } else if (element.firstChild && !element.querySelector("kbd")) {
      element.prepend(cap, " ");
    }
  };

  // What htmx or the player put into the page shows its key, too.
  const dress = () => {
    for (const element of document.querySelectorAll("[data-act]:not([data-key])")) {
      const key = keys[element.dataset.act];
      if (!key) continue;
      element.dataset.key = key;
      element.setAttribute("aria-keyshortcuts", key);
      hint(element, key);
    }
  };

  const decide = (event) => {
    const form = event.target.closest("#decide-form");
    if (form) form.querySelector(event.shiftKey ? "#decide-next" : "#decide-now").click();
  };

  document.addEventListener("keydown", (event) => {
    if (event.defaultPrevented || event.isComposing) return;
    if (event.key === "Escape" && typing(event.target) && !event.target.closest("dialog")) {
      event.target.blur();
      return;
    }
    if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) {
      decide(event);
      return;
    }
    if (event.ctrlKey || event.metaKey || event.altKey || event.key.length !== 1) return;
    if (typing(event.target) || document.querySelector("dialog[open]")) return;
    for (const name of actOf(event.key.toLowerCase())) {
      if (event.repeat && !REPEATING.has(name)) continue;
      if (act(name)) {
        event.preventDefault();
        return;
      }
    }
  });

  document.addEventListener("probity:press", (event) => press(event.target));
  document.addEventListener("click", (event) => {
    for (const menu of document.querySelectorAll("details.menu[open]")) {
      if (!menu.contains(event.target)) menu.open = false;
    }
  });

  const later = () => requestAnimationFrame(dress);
  for (const name of ["htmx:afterSettle", "htmx:oobAfterSwap", "htmx:historyRestore"]) {
    document.addEventListener(name, later);
  }
  document.addEventListener("DOMContentLoaded", later);
  dress();
})();
