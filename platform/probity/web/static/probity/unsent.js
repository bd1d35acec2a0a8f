// A page outlives its session and its forms' token: what stands in it stays, and can be sent again.
(() => {
  const told = () => document.getElementById("signed-out");

  document.addEventListener("probity:token", (event) => {
    for (const field of document.querySelectorAll("input[name=csrfmiddlewaretoken]")) {
      field.value = event.detail.value;
    }
  });

  // what the page asks by itself does not say so again every few seconds
  document.addEventListener("htmx:beforeSwap", (event) => {
    const byItself = event.detail.requestConfig.verb === "get";
    if (event.detail.xhr.status === 401 && byItself && told()) event.detail.shouldSwap = false;
  });

  document.addEventListener("htmx:afterRequest", (event) => {
    const { status } = event.detail.xhr;
    if (status >= 200 && status < 400 && told()) told().remove();
  });
})();
