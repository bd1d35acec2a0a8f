// The sheet of keys opens over the page; without scripts its link leads to the page of keys.
(() => {
  const box = () => document.getElementById("keys-sheet");

  document.addEventListener("click", (event) => {
    if (event.target.closest("[data-sheet]") && box()) {
      event.preventDefault();
      if (document.querySelector("dialog[open]")) return;
      box().showModal();
      htmx.trigger(box(), "sheet");
    } else if (event.target === box() || event.target.closest("[data-close]")) {
      event.target.closest("dialog").close();
    }
  });
})();
