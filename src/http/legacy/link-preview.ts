import type { IncomingHttpHeaders } from 'node:http';

// Browsers say it of what they fetch before anybody asked, mail programs of what they show in small.
const PURPOSE_HEADERS = ['purpose', 'sec-purpose', 'x-purpose', 'x-moz'];
const SPECULATIVE = /prefetch|prerender|preview/i;
// Programs that fetch a link because it stands in a message, or on a page that they crawl. None of them is a browser
// or a library an old program would use.
const PREVIEWERS =
  /slackbot|slack-imgproxy|twitterbot|facebookexternalhit|facebot|linkedinbot|whatsapp|telegrambot|discordbot|skypeuripreview|bingpreview|bingbot|googlebot|google-pagerenderer|applebot|pinterestbot|redditbot|vkshare|iframely|embedly|mastodon|outbrain|yandexbot|duckduckbot|baiduspider/i;

/** Whether nobody has asked for this request: a prefetch, or the preview of a link. It must not place a call. */
export function isLinkPreview(headers: IncomingHttpHeaders): boolean {
  return PURPOSE_HEADERS.some((name) => SPECULATIVE.test(String(headers[name] ?? ''))) || PREVIEWERS.test(headers['user-agent'] ?? '');
}
