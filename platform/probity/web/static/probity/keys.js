// Single letters press what shows them. They can be switched off and never act while one types.
(() => {
  const STORE = "probity.keys";
  const on = () => localStorage.getItem(STORE) !== "off";
  const typing = (target) =>
    target.isContentEditable ||
    target.matches("textarea, select, input:not([type=radio]):not([type=checkbox])");

  const switches = () => {
    for (const button of document.querySelectorAll("[data-keys-switch]")) {
      button.hidden = false;
      button.textContent = on() ? "Switch letter keys off" : "Switch letter keys on";
    }
  };

  const press = (element) => {
    const fold = element.closest("details:not([open])");
    if (fold && !element.matches("summary")) fold.open = true;
    element.focus();
    if (element.matches("input[type=radio]")) {
      element.checked = true;
    } else if (!element.matches("textarea")) {
      element.click();
    }
  };

  const row = (step) => {
    const links = [...document.querySelectorAll("[data-row-link]")];
    if (!links.length) return false;
    const at = links.indexOf(document.activeElement);
    const next = at < 0 ? 0 : Math.min(links.length - 1, Math.max(0, at + step));
    links[next].focus();
    links[next].scrollIntoView({ block: "nearest" });
    return true;
  };

  const open = (question) => question.closest("details:not([open])") === null;

  const questions = () => [...document.querySelectorAll(".question")].filter(open);

  const askNext = () => {
    const all = questions();
    const at = all.findIndex((question) => question.contains(document.activeElement));
    const next = all[(at + 1) % all.length];
    const control = next && next.querySelector("[data-answer], input.number, input.codes, summary");
    if (control) control.focus();
    return Boolean(control);
  };

  const answer = (key) => {
    const all = questions();
    const at = all.find((question) => question.contains(document.activeElement)) || all[0];
    const button = at && at.querySelector(`[data-answer="${key}"]`);
    if (button) button.click();
    return Boolean(button);
  };

  const act = (key) => {
    if (key === "j") return row(1);
    if (key === "k") return row(-1);
    if (key === "q") return askNext();
    if ("123".includes(key)) return answer(key);
    const element = document.querySelector(`[data-key="${CSS.escape(key)}"]:not(:disabled)`);
    if (element) press(element);
    return Boolean(element);
  };

  document.addEventListener("keydown", (event) => {
    if (event.key === "Escape" && typing(event.target)) return event.target.blur();
    if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) {
      const form = event.target.closest("#decide-form");
      if (form) form.requestSubmit(form.querySelector("#decide-now"));
      return undefined;
    }
    if (event.ctrlKey || event.metaKey || event.altKey || event.repeat) return undefined;
    if (!on() || typing(event.target) || event.key.length !== 1) return undefined;
    if (act(event.key.toLowerCase())) event.preventDefault();
    return undefined;
  });

  document.addEventListener("click", (event) => {
    const button = event.target.closest("[data-keys-switch]");
    if (button) {
      localStorage.setItem(STORE, on() ? "off" : "on");
      switches();
    }
    for (const menu of document.querySelectorAll("details.menu[open]")) {
      if (!menu.contains(event.target)) menu.open = false;
    }
  });

  document.addEventListener("htmx:afterRequest", switches);
  switches();
})();
