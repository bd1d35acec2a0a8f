// Asks a security key (WebAuthn) before a form with data-key is sent: to be bound, or to sign in.
const bytes = (text) => {
  const padded = text.replaceAll("-", "+").replaceAll("_", "/");
  return Uint8Array.from(atob(padded), (letter) => letter.charCodeAt(0));
};
const text = (buffer) =>
  btoa(String.fromCharCode(...new Uint8Array(buffer)))
    .replaceAll("+", "-")
    .replaceAll("/", "_")
    .replace(/=+$/, "");

function readable(options) {
  const asked = { ...options, challenge: bytes(options.challenge) };
  if (asked.user) asked.user = { ...asked.user, id: bytes(asked.user.id) };
  for (const name of ["excludeCredentials", "allowCredentials"]) {
    if (asked[name]) asked[name] = asked[name].map((one) => ({ ...one, id: bytes(one.id) }));
  }
  return asked;
}

function written(credential) {
  const answer = {};
  for (const name of ["clientDataJSON", "attestationObject", "authenticatorData", "signature"]) {
    if (credential.response[name]) answer[name] = text(credential.response[name]);
  }
  return JSON.stringify({
    id: credential.id,
    rawId: text(credential.rawId),
    type: credential.type,
    clientExtensionResults: credential.getClientExtensionResults(),
    response: answer,
  });
}

async function ask(form) {
  const { publicKey } = JSON.parse(form.dataset.options);
  const way = form.dataset.key === "create" ? "create" : "get";
  return navigator.credentials[way]({ publicKey: readable(publicKey) });
}

for (const form of document.querySelectorAll("form[data-key]")) {
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    const wrong = form.querySelector("[data-key-wrong]");
    wrong.hidden = true;
    try {
      form.querySelector("[data-credential]").value = written(await ask(form));
      form.submit();
    } catch {
      wrong.hidden = false;
    }
  });
}
