import type { ExplainedRequest } from './explanation.ts';
import { jsonText, literal, phpText, shellWord } from './literal.ts';

const ORIGIN = 'https://platform.ringcentral.com';
// Where a language has no forms of its own.
const BOUNDARY = 'trunkline-explain';

/** The languages of `--as`, each with what writes one request as a whole program. The access token is in `RC_ACCESS_TOKEN`. */
export const LANGUAGES = { curl, javascript, python, php, csharp, java } as const satisfies Readonly<Record<string, (request: ExplainedRequest) => string>>;

/** A value of `--as`. */
export type Language = keyof typeof LANGUAGES;

function curl({ method, path, json, documents }: ExplainedRequest): string {
  const data = json === undefined ? [] : [`-H 'Content-Type: application/json'`, `--data-raw ${shellWord(jsonText(json))}`];
  // Of a form's text curl would take `;` for the end, were it not in quotes.
  const text = `"${jsonText(json).replace(/[\\"]/g, '\\$&')}"`;
  const form = [
    `-F ${shellWord(`json=${text};type=application/json;filename=request.json`)}`,
    ...(documents ?? []).map(({ fileName, contentType }) => `-F ${shellWord(`attachment=@"${fileName}";type=${contentType}`)}`),
  ];
  const lines = [`curl -X ${method} ${shellWord(ORIGIN + path)}`, '-H "Authorization: Bearer $RC_ACCESS_TOKEN"', "-H 'Accept: application/json'"];
  return [...lines, ...(documents ? form : data)].join(' \\\n  ');
}

function javascript({ method, path, json, documents }: ExplainedRequest): string {
  const headers = ["authorization: 'Bearer ' + process.env.RC_ACCESS_TOKEN", "accept: 'application/json'"];
  const form = [
    `import { readFile } from 'node:fs/promises';`,
    '',
    'const body = new FormData();',
    `body.append('json', new Blob([${literal(jsonText(json))}], { type: 'application/json' }), 'request.json');`,
    ...(documents ?? []).map(
      ({ fileName, contentType }) =>
        `body.append('attachment', new Blob([await readFile(${literal(fileName)})], { type: ${literal(contentType)} }), ${literal(fileName)});`,
    ),
  ];
  const body = documents ? [...form, ''] : json === undefined ? [] : [`const body = JSON.stringify(${jsonText(json)});`, ''];
  if (json !== undefined && !documents) headers.push("'content-type': 'application/json'");
  return [
    ...body,
    `const response = await fetch(${literal(ORIGIN + path)}, {`,
    `  method: '${method}',`,
    `  headers: { ${headers.join(', ')} },`,
    ...(body.length > 0 ? ['  body,'] : []),
    '});',
    'console.log(response.status, await response.text());',
  ].join('\n');
}

function python({ method, path, json, documents }: ExplainedRequest): string {
  const files = [
    '    files=[',
    `        ("json", ("request.json", ${literal(jsonText(json))}, "application/json")),`,
    ...(documents ?? []).map(
      ({ fileName, contentType }) => `        ("attachment", (${literal(fileName)}, open(${literal(fileName)}, "rb"), ${literal(contentType)})),`,
    ),
    '    ],',
  ];
  const type = json === undefined || documents ? '' : ', "Content-Type": "application/json"';
  return [
    'import os',
    '',
    'import requests',
    '',
    'response = requests.request(',
    `    "${method}",`,
    `    ${literal(ORIGIN + path)},`,
    `    headers={"Authorization": "Bearer " + os.environ["RC_ACCESS_TOKEN"], "Accept": "application/json"${type}},`,
    ...(documents ? files : json === undefined ? [] : [`    data=${literal(jsonText(json))},`]),
    ')',
    'print(response.status_code, response.text)',
  ].join('\n');
}

function php({ method, path, json, documents }: ExplainedRequest): string {
  const part = (name: string, fileName: string, type: string, content: string) => [
    `    '--${BOUNDARY}',`,
    `    ${phpText(`Content-Disposition: form-data; name="${name}"; filename="${fileName}"`)},`,
    `    ${phpText(`Content-Type: ${type}`)},`,
    `    '',`,
    `    ${content},`,
  ];
  // An array of curl's own takes no name twice.
  const form = [
    '$body = implode("\\r\\n", [',
    ...part('json', 'request.json', 'application/json', phpText(jsonText(json))),
    ...(documents ?? []).flatMap(({ fileName, contentType }) => part('attachment', fileName, contentType, `file_get_contents(${phpText(fileName)})`)),
    `    '--${BOUNDARY}--',`,
    `    '',`,
    ']);',
  ];
  const body = documents ? form : json === undefined ? [] : [`$body = ${phpText(jsonText(json))};`];
  const type = documents ? `multipart/form-data; boundary=${BOUNDARY}` : 'application/json';
  return [
    '<?php',
    ...body,
    `$request = curl_init(${phpText(ORIGIN + path)});`,
    `curl_setopt($request, CURLOPT_CUSTOMREQUEST, '${method}');`,
    'curl_setopt($request, CURLOPT_RETURNTRANSFER, true);',
    'curl_setopt($request, CURLOPT_HTTPHEADER, [',
    `    'Authorization: Bearer ' . getenv('RC_ACCESS_TOKEN'),`,
    `    'Accept: application/json',`,
    ...(body.length > 0 ? [`    'Content-Type: ${type}',`] : []),
    ']);',
    ...(body.length > 0 ? ['curl_setopt($request, CURLOPT_POSTFIELDS, $body);'] : []),
    '$answer = curl_exec($request);',
    `echo curl_getinfo($request, CURLINFO_RESPONSE_CODE), ' ', $answer, PHP_EOL;`,
  ].join('\n');
}

function csharp({ method, path, json, documents }: ExplainedRequest): string {
  const add = (content: string, type: string, name: string, fileName: string) => [
    `var part = ${content};`,
    `part.Headers.ContentType = new MediaTypeHeaderValue(${literal(type)});`,
    `form.Add(part, "${name}", ${literal(fileName)});`,
  ];
  const files = [
    'var form = new MultipartFormDataContent();',
    ...add(`new ByteArrayContent(Encoding.UTF8.GetBytes(${literal(jsonText(json))}))`, 'application/json', 'json', 'request.json'),
    ...(documents ?? []).flatMap(({ fileName, contentType }) =>
      add(`new ByteArrayContent(File.ReadAllBytes(${literal(fileName)}))`, contentType, 'attachment', fileName).map((line) => line.replace(/^var /, '')),
    ),
    'request.Content = form;',
  ];
  return [
    'using System;',
    'using System.IO;',
    'using System.Net.Http;',
    'using System.Net.Http.Headers;',
    'using System.Text;',
    '',
    'using var client = new HttpClient();',
    `var request = new HttpRequestMessage(new HttpMethod("${method}"), ${literal(ORIGIN + path)});`,
    'request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", Environment.GetEnvironmentVariable("RC_ACCESS_TOKEN"));',
    'request.Headers.Accept.Add(new MediaTypeWithQualityHeaderValue("application/json"));',
    ...(documents ? files : json === undefined ? [] : [`request.Content = new StringContent(${literal(jsonText(json))}, Encoding.UTF8, "application/json");`]),
    'var response = await client.SendAsync(request);',
    'Console.WriteLine($"{(int)response.StatusCode} {await response.Content.ReadAsStringAsync()}");',
  ].join('\n');
}

function java({ method, path, json, documents }: ExplainedRequest): string {
  const part = (name: string, fileName: string, type: string) =>
    `BodyPublishers.ofString(${literal(`--${BOUNDARY}\r\nContent-Disposition: form-data; name="${name}"; filename="${fileName}"\r\nContent-Type: ${type}\r\n\r\n`)})`;
  const parts = [
    part('json', 'request.json', 'application/json'),
    `BodyPublishers.ofString(${literal(`${jsonText(json)}\r\n`)})`,
    ...(documents ?? []).flatMap(({ fileName, contentType }) => [
      part('attachment', fileName, contentType),
      `BodyPublishers.ofFile(Path.of(${literal(fileName)}))`,
      'BodyPublishers.ofString("\\r\\n")',
    ]),
    `BodyPublishers.ofString("--${BOUNDARY}--\\r\\n")`,
  ];
  const plain = json === undefined ? 'BodyPublishers.noBody()' : `BodyPublishers.ofString(${literal(jsonText(json))})`;
  const body = documents ? `BodyPublishers.concat(\n                ${parts.join(',\n                ')})` : plain;
  const type = documents ? `multipart/form-data; boundary=${BOUNDARY}` : json === undefined ? undefined : 'application/json';
  return [
    'import java.net.URI;',
    'import java.net.http.HttpClient;',
    'import java.net.http.HttpRequest;',
    'import java.net.http.HttpRequest.BodyPublishers;',
    'import java.net.http.HttpResponse.BodyHandlers;',
    'import java.nio.file.Path;',
    '',
    'public class Main {',
    '    public static void main(String[] args) throws Exception {',
    `        var request = HttpRequest.newBuilder(URI.create(${literal(ORIGIN + path)}))`,
    '            .header("Authorization", "Bearer " + System.getenv("RC_ACCESS_TOKEN"))',
    '            .header("Accept", "application/json")',
    ...(type === undefined ? [] : [`            .header("Content-Type", ${literal(type)})`]),
    `            .method("${method}", ${body})`,
    '            .build();',
    '        var response = HttpClient.newHttpClient().send(request, BodyHandlers.ofString());',
    '        System.out.println(response.statusCode() + " " + response.body());',
    '    }',
    '}',
  ].join('\n');
}
