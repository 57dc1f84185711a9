// /pacientes: the list follows while one types, and the address with it.
import { follow, put } from "./found.js";

const form = document.querySelector("[data-search]");
const found = document.getElementById("found");
follow(form, (html, query) => {
  put(html, found);
  history.replaceState(null, "", `${location.pathname}?${query}`);
}, { "X-Drawer": "1" });
