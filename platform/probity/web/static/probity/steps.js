// The steps of a request stand in one page, so that the browser's own Back leads to the step before
// and takes nothing away. Without scripts each step is a page that was sent for.
(() => {
  let wanted = null;

  const here = () => {
    const steps = [...document.querySelectorAll(".way-here li")];
    return steps.findIndex((step) => step.hasAttribute("aria-current"));
  };
  const kept = () => history.state?.step ?? 0;

  const press = (id) => {
    const button = document.getElementById(id);
    if (button) button.click();
  };

  const arrive = () => {
    const place = document.querySelector("#main [data-focus]") || document.querySelector("#main h2");
    if (!place) return;
    place.tabIndex = -1;
    window.scrollTo(0, 0);
    place.focus({ preventScroll: true });
  };

  document.addEventListener("htmx:afterSettle", (event) => {
    if (event.target.id !== "main" || here() < 0) return;
    arrive();
    if (wanted !== null && here() > wanted) {
      press("back");
      return;
    }
    wanted = null;
    if (here() > kept()) history.pushState({ step: here() }, "");
    else if (here() < kept()) history.replaceState({ step: here() }, "");
  });

  window.addEventListener("popstate", () => {
    if (here() < 0) return;
    if (here() > kept()) {
      wanted = kept();
      press("back");
    } else if (here() < kept()) press("next");
    else if (here() > 0) history.back();
  });
})();
