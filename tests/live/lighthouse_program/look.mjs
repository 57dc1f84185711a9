// Lighthouse on page after page, in one browser: node look.mjs CHROMIUM. Asked for by JSON lines on stdin
// ({url, cookie, desktop}), told by JSON lines on stdout.
import { createInterface } from "node:readline";
import { launch } from "chrome-launcher";
import lighthouse, { desktopConfig } from "lighthouse";
import puppeteer from "puppeteer-core";

const CATEGORIES = ["performance", "accessibility", "best-practices"];
const chrome = await launch({
  chromePath: process.argv[2],
  chromeFlags: ["--headless=new", "--no-sandbox", "--disable-background-networking", "--no-first-run"],
});
const browser = await puppeteer.connect({ browserURL: `http://127.0.0.1:${chrome.port}` });

// A browser of its own for each page: nothing is known from the one before, and nobody else is logged in.
async function look({ url, cookie, desktop }) {
  const context = await browser.createBrowserContext();
  try {
    const [name, value] = cookie.split("=");
    if (value) await context.setCookie({ name, value, domain: new URL(url).hostname, path: "/" });
    const flags = { onlyCategories: CATEGORIES, disableFullPageScreenshot: true, logLevel: "error", output: "json" };
    return told((await lighthouse(url, flags, desktop ? desktopConfig : undefined, await context.newPage())).lhr, url);
  } finally {
    await context.close();
  }
}

function told({ audits, categories, finalDisplayedUrl, runtimeError }, url) {
  const score = (name) => Math.round(100 * (categories[name].score ?? 0));
  const requests = audits["network-requests"].details?.items ?? [];
  const counted = new Set(["accessibility", "best-practices"].flatMap((name) => categories[name].auditRefs
    .filter((ref) => ref.weight).map((ref) => ref.id)));
  return {
    url, arrived: finalDisplayedUrl, error: runtimeError?.message ?? "",
    performance: score("performance"), accessibility: score("accessibility"), best_practices: score("best-practices"),
    first_paint_ms: audits["first-contentful-paint"].numericValue ?? 0,
    transferred: requests.reduce((sum, one) => sum + one.transferSize, 0),
    foreign: requests.filter((one) => new URL(one.url).origin !== new URL(url).origin && !one.url.startsWith("data:")).length,
    elements: audits["dom-size"].numericValue ?? 0,
    shift: audits["cumulative-layout-shift"].numericValue ?? 0,
    wrong: [...counted].filter((id) => audits[id].score !== null && audits[id].score < 1),
  };
}

for await (const line of createInterface({ input: process.stdin })) console.log(JSON.stringify(await look(JSON.parse(line))));
browser.disconnect();
chrome.kill();
