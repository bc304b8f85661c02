// What Lighthouse says of the pages that people see first: a mid-range phone over slow 4G, simulated.
// node bench/web/lighthouse.mjs http://localhost:8080 — one JSON line a page, medians.

import { launch } from 'chrome-launcher';
import lighthouse from 'lighthouse';

const [, , base] = process.argv;
const pages = { scan: '/', passport: '/p/09521234543213', privacy: '/privacy', 'sign in': '/sign-in' };
const rounds = 5;
/** Points that each category should reach. */
const least = 95;

const chrome = await launch({
  chromePath: process.env.CHROMIUM ?? '/usr/bin/chromium',
  chromeFlags: ['--headless=new', '--no-sandbox', '--disable-background-networking'],
});
try {
  for (const [page, path] of Object.entries(pages)) {
    const runs = [];
    for (let round = 0; round < rounds; round++) {
      const { lhr } = await lighthouse(base + path, { port: chrome.port, logLevel: 'error' });
      runs.push(figures(lhr));
    }
    const figure = Object.fromEntries(
      Object.keys(runs[0]).map((name) => [name, median(runs.map((run) => run[name]))]),
    );
    const scores = ['performance', 'accessibility', 'best-practices', 'seo'];
    const within_aim = scores.every((name) => figure[name] >= least);
    console.log(JSON.stringify({ bench: 'lighthouse', page, ...figure, within_aim }));
  }
} finally {
  chrome.kill();
}

/** The scores of a run in points, and what a person waits for in milliseconds. */
function figures({ categories, audits }) {
  const scores = Object.values(categories).map(({ id, score }) => [id, Math.round((score ?? 0) * 100)]);
  return {
    ...Object.fromEntries(scores),
    first_paint_ms: Math.round(audits['first-contentful-paint'].numericValue),
    largest_paint_ms: Math.round(audits['largest-contentful-paint'].numericValue),
    script_bytes: audits['network-requests'].details.items
      .filter(({ resourceType }) => resourceType === 'Script')
      .reduce((sum, { transferSize }) => sum + transferSize, 0),
  };
}

function median(values) {
  return values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)];
}
