// Dropping a file on the check page. Without scripts the form is sent as any other.
(() => {
  const german = document.documentElement.lang === "de";
  const say = (english, deutsch) => (german ? deutsch : english);
  const byId = (id) => document.getElementById(id);
  const isForm = (event) => event.target.id === "drop-form";

  const tooLarge = (file) => {
    const large = Boolean(file) && file.size > Number(byId("drop-form").dataset.limit);
    byId("drop-size").hidden = !large;
    return large;
  };

  const chosen = () => {
    const input = byId("file");
    const file = input && input.files && input.files[0];
    if (!file || tooLarge(file)) return;
    byId("drop-form").requestSubmit();
  };

  document.addEventListener("change", (event) => {
    if (event.target.id === "file" && byId("drop-form")) chosen();
  });

  const over = (on) => {
    const area = byId("drop-area");
    if (area) area.classList.toggle("is-over", on);
  };
  document.addEventListener("dragover", (event) => {
    if (!byId("drop-area") || !event.dataTransfer.types.includes("Files")) return;
    event.preventDefault();
    over(true);
  });
  document.addEventListener("dragleave", (event) => {
    if (!event.relatedTarget) over(false);
  });
  document.addEventListener("drop", (event) => {
    const input = byId("file");
    if (!byId("drop-area") || !event.dataTransfer.files.length) return;
    event.preventDefault();
    over(false);
    input.files = event.dataTransfer.files;
    chosen();
  });

  document.addEventListener("htmx:beforeRequest", (event) => {
    if (isForm(event)) byId("sending").hidden = false;
  });
  document.addEventListener("htmx:xhr:progress", (event) => {
    const { loaded, total, lengthComputable } = event.detail;
    if (!isForm(event) || !lengthComputable || !byId("sent")) return;
    byId("sent").value = Math.round((loaded / total) * 100);
    byId("sent-words").textContent = loaded < total ? say("Sending", "Wird gesendet") : say("Reading", "Wird gelesen");
  });
  const failed = (event) => {
    if (!isForm(event)) return;
    byId("sending").hidden = false;
    byId("sent-words").textContent = say(
      "It could not be sent. Try again.",
      "Es ließ sich nicht senden. Versuchen Sie es noch einmal.",
    );
  };
  document.addEventListener("htmx:sendError", failed);
  document.addEventListener("htmx:responseError", failed);
})();
