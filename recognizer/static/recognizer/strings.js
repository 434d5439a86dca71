// The page's sentences, already in the visitor's language, and figures as that language writes them.

const strings = JSON.parse(document.getElementById("strings").textContent);
const language = document.documentElement.lang;
const percents = new Intl.NumberFormat(language, { style: "percent", maximumFractionDigits: 0 });
const persian = language === "fa" ? "۰۱۲۳۴۵۶۷۸۹" : "0123456789";
const foreign = "۰۱۲۳۴۵۶۷۸۹٠١٢٣٤٥٦٧٨٩";

export function say(name, values = {}) {
  return fill(strings[name], values);
}

export function refusal(reason) {
  return strings.refusals[reason] ?? "";
}

export function problemText(code) {
  return strings.problems[code];
}

export function figures(text) {
  return String(text).replace(/[0-9]/g, (digit) => persian[digit]);
}

// Rounded down: 99.9 % must not look certain.
export function percent(share) {
  return percents.format(Math.floor(share * 100) / 100);
}

// What a visitor typed, in any script's figures, as the digits 0 to 9.
export function plainDigits(text) {
  return text.trim().replace(/[۰-۹٠-٩]/g, (digit) => String(foreign.indexOf(digit) % 10));
}

function fill(sentence, values) {
  return sentence.replace(/\{(\w+)\}/g, (_, name) => values[name]);
}
