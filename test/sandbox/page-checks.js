// @ts-check
// What the console's tests have the browser look at; run in the page.

/** Fields without exactly one label, and buttons without a name. */
function nameless() {
  const fields = [...document.querySelectorAll('input:not([type=hidden]), select, textarea')].filter(
    (field) => 'labels' in field && /** @type {any} */ (field).labels?.length !== 1,
  );
  const buttons = [...document.querySelectorAll('button')].filter((button) => !button.textContent && !button.ariaLabel);
  return [...fields, ...buttons].map(({ outerHTML }) => outerHTML);
}

/** Texts whose contrast with their ground is below 4.5. @see WCAG 2.2, 1.4.3 */
function faint() {
  const texts = [...document.querySelectorAll('h1, h2, p, a, button, th, td, label, .good, .bad')].filter((element) => element.textContent?.trim());
  return texts.flatMap((element) => {
    const [ink, ground] = [luminance(getComputedStyle(element).color), luminance(groundOf(element))];
    const contrast = (Math.max(ink, ground) + 0.05) / (Math.min(ink, ground) + 0.05);
    return contrast < 4.5 ? [`${element.outerHTML.slice(0, 80)} ${contrast.toFixed(2)}`] : [];
  });
}

/**
 * @param {Element | null} element
 * @returns {string}
 */
function groundOf(element) {
  const color = element ? getComputedStyle(element).backgroundColor : 'rgb(255, 255, 255)';
  return channels(color)[3] === 0 ? groundOf(element?.parentElement ?? null) : color;
}

/** @param {string} color */
function luminance(color) {
  const [red = 0, green = 0, blue = 0] = channels(color).map((value) =>
    value / 255 <= 0.03928 ? value / 255 / 12.92 : ((value / 255 + 0.055) / 1.055) ** 2.4,
  );
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
}

/** @param {string} color */
function channels(color) {
  return (color.match(/[\d.]+/g) ?? []).map(Number);
}

({ nameless, faint });
