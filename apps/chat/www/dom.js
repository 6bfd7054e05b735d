// Small helpers of the views. What others wrote only ever becomes text nodes.
export const $ = (id) => document.getElementById(id);

export function element(tag, className = "", ...children) {
  const made = document.createElement(tag);
  made.className = className;
  made.append(...children);
  return made;
}

// The same colour for the same name, everywhere.
export function hueOf(name) {
  return [...name].reduce((sum, letter) => (sum * 31 + letter.codePointAt(0)) % 360, 7);
}

export function avatar(name) {
  const [first = "?", second = ""] = name.split(/\s+/).map((word) => [...word][0] ?? "");
  const made = element("span", "avatar", `${first}${second}`.toUpperCase());
  made.ariaHidden = "true";
  made.style.setProperty("--hue", hueOf(name));
  return made;
}

export function listed(names) {
  return new Intl.ListFormat("en").format(names);
}
