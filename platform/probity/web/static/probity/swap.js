// One case takes another's place without a reload: focus goes to its heading, its title is said,
// and going back finds the page where one left it. Of two pages under way the one asked for last
// is shown, whichever comes first.
(() => {
  const PLACE = "probity.scroll:";
  const columns = () => [...document.querySelectorAll(".column, .ruling-law, .decide")];

  const keep = (path) => {
    const tops = [window.scrollY, ...columns().map((column) => column.scrollTop)];
    sessionStorage.setItem(PLACE + path, JSON.stringify(tops));
  };

  const back = (path) => {
    const tops = JSON.parse(sessionStorage.getItem(PLACE + path) || "[0]");
    window.scrollTo(0, tops[0]);
    columns().forEach((column, index) => {
      column.scrollTop = tops[index + 1] || 0;
    });
  };

  const arrive = () => {
    const heading = document.querySelector("#main h1") || document.getElementById("main");
    heading.tabIndex = -1;
    heading.focus({ preventScroll: true });
    const place = document.getElementById("announce");
    if (place) place.textContent = document.title;
  };

  let coming = null;
  const expect = (request) => {
    if (coming && coming !== request) coming.abort();
    coming = request;
  };

  document.addEventListener("htmx:historyCacheMiss", (event) => expect(event.detail.xhr));
  document.addEventListener("htmx:beforeRequest", (event) => {
    if (event.detail.target.id === "main") expect(event.detail.xhr);
  });

  document.addEventListener("htmx:beforeHistorySave", (event) => keep(event.detail.path));
  document.addEventListener("htmx:historyRestore", (event) => {
    arrive();
    back(event.detail.path);
  });
  document.addEventListener("htmx:afterSettle", (event) => {
    if (event.target.id !== "main") return;
    window.scrollTo(0, 0);
    arrive();
  });
})();
