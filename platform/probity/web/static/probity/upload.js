// Shows how much of a report was sent. Without scripts the form is sent as any other.
(() => {
  const german = document.documentElement.lang === "de";
  const say = (english, deutsch) => (german ? deutsch : english);
  const byId = (id) => document.getElementById(id);
  const mb = (bytes) => (bytes / 1e6).toFixed(bytes < 1e7 ? 1 : 0);
  const isForm = (event) => event.target.id === "report-form";

  const showing = (on) => {
    if (byId("sending")) byId("sending").hidden = !on;
  };

  const tooLarge = () => {
    const input = byId("file");
    const file = input && input.files && input.files[0];
    const large = Boolean(file) && file.size > Number(byId("report-form").dataset.limit);
    byId("file-size").hidden = !large;
    return large;
  };

  document.addEventListener("change", (event) => {
    if (event.target.id === "file") tooLarge();
  });

  document.addEventListener("htmx:beforeRequest", (event) => {
    if (!isForm(event)) return;
    if (tooLarge()) {
      event.preventDefault();
      byId("file").focus();
      return;
    }
    byId("sent").value = 0;
    byId("sent-words").textContent = say("Sending", "Wird gesendet");
    showing(true);
  });

  document.addEventListener("htmx:xhr:progress", (event) => {
    const { loaded, total, lengthComputable } = event.detail;
    if (!isForm(event) || !lengthComputable || !byId("sent")) return;
    byId("sent").value = Math.round((loaded / total) * 100);
    byId("sent-words").textContent =
      loaded < total
        ? say(`Sent ${mb(loaded)} of ${mb(total)} MB`, `${mb(loaded)} von ${mb(total)} MB gesendet`)
        : say("Sent. The file is being checked.", "Gesendet. Die Datei wird geprüft.");
  });

  document.addEventListener("click", (event) => {
    if (event.target.id !== "stop") return;
    window.htmx.trigger("#report-form", "htmx:abort");
    showing(false);
  });

  document.addEventListener("htmx:afterRequest", (event) => {
    if (isForm(event)) showing(false);
  });

  document.addEventListener("htmx:afterSettle", () => {
    const summary = byId("summary");
    if (summary) summary.focus();
  });

  const failed = (event) => {
    if (!isForm(event)) return;
    showing(true);
    byId("sent-words").textContent = say(
      "It could not be sent. Your text is still here; try again.",
      "Es ließ sich nicht senden. Ihr Text ist noch hier; versuchen Sie es noch einmal.",
    );
  };
  document.addEventListener("htmx:sendError", failed);
  document.addEventListener("htmx:responseError", failed);
})();
