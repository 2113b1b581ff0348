"""What on a page in a browser can't be read: cut off, one over the other, or too pale."""

from __future__ import annotations

from typing import Any

# Texts in charts stay inside their chart and apart; nothing is wider than the screen; text has the contrast of WCAG's AA, 4.5 to 1.
_SCRIPT = """
const found = [], shown = (one) => one.getClientRects().length > 0;
const { scrollWidth, clientWidth } = document.documentElement;
if (scrollWidth > clientWidth) found.push(`the page is ${scrollWidth} wide on a screen of ${clientWidth}`);
for (const plot of document.querySelectorAll('svg.plot')) {
  const frame = plot.getBoundingClientRect();
  const texts = [...plot.querySelectorAll('text')].map((text) => [text.textContent, text.getBoundingClientRect()]);
  const outside = (box) => box.left < frame.left - 1 || box.right > frame.right + 1 || box.top < frame.top - 1 || box.bottom > frame.bottom + 1;
  for (const [text, box] of texts) if (outside(box)) found.push(`${text} is cut off`);
  const apart = (a, b) => a.left >= b.right || b.left >= a.right || a.top + 3 >= b.bottom || b.top + 3 >= a.bottom;
  texts.forEach(([text, a], index) => texts.slice(index + 1).forEach(([other, b]) => {
    if (!apart(a, b)) found.push(`${text} lies over ${other}`);
  }));
}
for (const map of document.querySelectorAll('svg.map')) {
  const dots = [...map.querySelectorAll('circle')].map((dot) => dot.getBoundingClientRect());
  for (const name of map.querySelectorAll('text')) {
    const box = name.getBoundingClientRect();
    const under = (dot) => box.left < dot.right && dot.left < box.right && box.top + 3 < dot.bottom && dot.top < box.bottom - 3;
    if (dots.some(under)) found.push(`${name.textContent} lies over a dot`);
  }
}
for (const box of document.querySelectorAll('.panel .scroll')) {
  if (box.scrollWidth > box.clientWidth + 1) found.push(`the table of ${box.closest('section').id} is ${box.scrollWidth} wide in ${box.clientWidth}`);
  for (const name of box.querySelectorAll('tbody th')) if (name.clientHeight > 80) found.push(`${name.textContent} breaks over many lines`);
}
const hyphen = document.body.innerText.match(/(^|[\\s(¥])-[¥\\d]/m);
if (hyphen) found.push(`a minus is written as a hyphen: ${hyphen[0]}`);
for (const cell of document.querySelectorAll('td, th, .cards b, .bars b, .bars span, h1, h2')) {
  const cut = cell.clientWidth > 1 && cell.scrollWidth > cell.clientWidth + 1;
  if (cut && shown(cell) && !cell.closest('thead')) found.push(`${cell.textContent} is cut off`);
}
const numbers = (colour) => colour.match(/[\\d.]+/g).map(Number);
const light = (colour) => {
  const linear = (one) => (one <= 0.04045 ? one / 12.92 : ((one + 0.055) / 1.055) ** 2.4);
  const [r, g, b] = numbers(colour).map((one) => linear(one / 255));
  return 0.2126 * r + 0.7152 * g + 0.0722 * b;
};
const ground = (one) => {
  for (; one; one = one.parentElement) if (numbers(getComputedStyle(one).backgroundColor)[3] !== 0) return getComputedStyle(one).backgroundColor;
  return 'rgb(255, 255, 255)';
};
const pale = new Set();
for (const one of document.querySelectorAll('body *')) {
  const own = [...one.childNodes].some((node) => node.nodeType === 3 && node.textContent.trim());
  if (!own || !shown(one) || one.closest('script, option')) continue;
  const style = getComputedStyle(one), ink = one instanceof SVGElement ? style.fill : style.color;
  const [bright, dark] = [light(ink), light(ground(one))].sort((a, b) => b - a);
  if ((bright + 0.05) / (dark + 0.05) < 4.5) pale.add(`${ink} on ${ground(one)} is too pale`);
}
return [...found, ...pale];
"""


def unreadable(browser: Any) -> list[str]:
    """A sentence for each fault on the page that is open; none is good."""
    return browser.execute_script(_SCRIPT)
