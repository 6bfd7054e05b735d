// The field in which a message is written.
import { $ } from "./dom.js";
import { TypingReporter } from "./typing.js";

const COUNTED_FROM = 400;

export class Composer {
  #text = $("text");
  #typing;
  #submit;

  // `submit(text)` when a message is to be sent; `typing(isTyping)` as TypingReporter says.
  constructor({ submit, typing }) {
    this.#submit = submit;
    this.#typing = new TypingReporter(typing);
    this.#text.addEventListener("input", () => this.#changed());
    this.#text.addEventListener("keydown", (event) => {
      if (event.key === "Enter" && !event.shiftKey && !event.isComposing) {
        event.preventDefault();
        this.#send();
      }
    });
    $("compose").addEventListener("submit", (event) => {
      event.preventDefault();
      this.#send();
    });
  }

  // Before another room is opened. On a phone the keyboard stays where it is.
  leaveRoom() {
    this.#typing.stop();
  }

  enable(isEnabled, placeholder) {
    this.#text.placeholder = placeholder;
    this.#text.disabled = !isEnabled;
    $("compose").querySelector("button").disabled = !isEnabled;
  }

  focus() {
    if (matchMedia("(hover: hover)").matches) {
      this.#text.focus();
    }
  }

  #send() {
    const text = this.#text.value.trim();
    if (text !== "" && !this.#text.disabled) {
      this.#text.value = "";
      this.#changed();
      this.#submit(text);
      this.#text.focus();
    }
  }

  #changed() {
    const { value, maxLength } = this.#text;
    this.#typing.textChanged(value);
    this.#text.style.height = "auto";
    this.#text.style.height = `${this.#text.scrollHeight + 2}px`;
    $("compose-hint").textContent = value.length < COUNTED_FROM ? "" : `${maxLength - value.length} left`;
  }
}
