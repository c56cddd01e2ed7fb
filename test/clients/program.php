<?php
// A PHP program with the curl extension alone, as it was copied into many a web shop.
$server = getenv('RC_SERVER_URL');
$app = getenv('RC_APP_CLIENT_ID') . ':' . getenv('RC_APP_CLIENT_SECRET');
$me = $server . '/restapi/v1.0/account/~/extension/~';
$tokens = null;

function send($url, $options)
{
    $request = curl_init($url);
    curl_setopt_array($request, $options + [CURLOPT_RETURNTRANSFER => true]);
    $body = curl_exec($request);
    if ($body === false) {
        throw new Exception(curl_error($request));
    }
    return [curl_getinfo($request, CURLINFO_HTTP_CODE), json_decode($body)];
}

function token($form)
{
    global $server, $app, $tokens;
    $options = [CURLOPT_USERPWD => $app, CURLOPT_POSTFIELDS => http_build_query($form)];
    [$status, $tokens] = send($server . '/restapi/oauth/token', $options);
    if ($status !== 200) {
        throw new Exception($tokens->error_description);
    }
    return $tokens;
}

function refresh()
{
    global $tokens;
    return token(['grant_type' => 'refresh_token', 'refresh_token' => $tokens->refresh_token]);
}

function api($url, $options = [], $type = null)
{
    global $tokens;
    $headers = ['Authorization: Bearer ' . $tokens->access_token];
    if ($type !== null) {
        $headers[] = 'Content-Type: ' . $type;
    }
    return send($url, $options + [CURLOPT_HTTPHEADER => $headers]);
}

function post_json($url, $body)
{
    return api($url, [CURLOPT_POSTFIELDS => json_encode($body)], 'application/json')[1];
}

token([
    'grant_type' => 'password',
    'username' => getenv('RC_USERNAME'),
    'extension' => getenv('RC_EXTENSION'),
    'password' => getenv('RC_PASSWORD'),
]);
echo "login $tokens->token_type for $tokens->expires_in s\n";

echo 'extension ' . api($me)[1]->extensionNumber . "\n";
$ring = ['from' => ['phoneNumber' => '16505551102'], 'to' => ['phoneNumber' => '16505551230'], 'playPrompt' => false];
echo 'ring-out ' . post_json($me . '/ring-out', $ring)->status->callStatus . "\n";
$sms = ['from' => ['phoneNumber' => getenv('RC_SMS_FROM')], 'to' => [['phoneNumber' => '+16505551230']], 'text' => 'Your order is ready'];
echo 'sms ' . post_json($me . '/sms', $sms)->type . "\n";
$page = tempnam(sys_get_temp_dir(), 'order');
file_put_contents($page, "An order\n");
$form = ['to' => '+16505551231', 'attachment' => new CURLFile($page, 'text/plain', 'order.txt')];
echo 'fax ' . api($me . '/fax', [CURLOPT_POSTFIELDS => $form])[1]->type . "\n";
unlink($page);

$records = 0;
$link = $me . '/call-log?perPage=100&dateFrom=2000-01-01T00:00:00Z';
while ($link !== null) {
    $log = api($link)[1];
    $records += count($log->records);
    $link = $log->navigation->nextPage->uri ?? null;
}
echo "call log $records\n";

$old = $tokens->access_token;
refresh();
if ($tokens->access_token !== $old) {
    echo "refreshed\n";
}
$tokens->access_token = $old;
[$status] = api($me);
if ($status === 401) {
    refresh();
    $status = '401, then ' . api($me)[0];
}
echo "old token $status\n";

$form = 'rcAccessToken=' . $tokens->access_token . '&rcTokenType=Bearer';
$cx = send($server . '/api/auth/login/rc/accesstoken?includeRefresh=true', [CURLOPT_POSTFIELDS => $form])[1];
$cx = send($server . '/api/auth/token/refresh', [CURLOPT_POSTFIELDS => 'refresh_token=' . $cx->refreshToken . '&rcTokenType=Bearer'])[1];
$headers = [CURLOPT_HTTPHEADER => ['Authorization: Bearer ' . $cx->accessToken]];
echo 'ringcx account ' . send($server . '/voice/api/v1/admin/accounts', $headers)[1][0]->accountName . "\n";

$revoked = send($server . '/restapi/oauth/revoke', [CURLOPT_USERPWD => $app, CURLOPT_POSTFIELDS => http_build_query(['token' => $tokens->access_token])]);
echo "logout $revoked[0]\n";
echo 'after logout ' . api($me)[0] . "\n";
