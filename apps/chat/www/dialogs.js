// The two questions that the page asks in a dialog.
import { $ } from "./dom.js";

// Shows `dialog` until `submit()` succeeds or it is cancelled; what `submit` throws is shown in it.
// `done()` when it succeeded and the dialog has given the focus back.
function ask(dialog, error, submit, done) {
  const form = dialog.querySelector("form");
  const button = form.querySelector("[type=submit]");
  form.reset();
  error.textContent = "";
  dialog.querySelector("[value=cancel]").onclick = () => dialog.close();
  form.onsubmit = async (event) => {
    event.preventDefault();
    button.disabled = true;
    error.textContent = "";
    try {
      await submit();
      dialog.close();
      done();
    } catch (problem) {
      error.textContent = problem.message;
    } finally {
      button.disabled = false;
    }
  };
  dialog.showModal();
}

// `create(name, passphrase)`; the passphrase is null for a room that is not encrypted.
export function askForRoom(canEncrypt, create, done) {
  const encrypted = $("room-encrypted");
  const changed = () => {
    $("room-passphrase-part").hidden = !encrypted.checked;
    $("room-passphrase").required = encrypted.checked;
  };
  encrypted.disabled = !canEncrypt;
  encrypted.parentElement.title = canEncrypt ? "" : "Needs HTTPS";
  encrypted.onchange = changed;
  const submit = () =>
    create($("room-input").value.trim(), encrypted.checked ? $("room-passphrase").value : null);
  ask($("room-dialog"), $("room-error"), submit, done);
  changed();
}

export function askForPassphrase(unlock, done) {
  ask($("key-dialog"), $("key-error"), () => unlock($("key-passphrase").value), done);
}
