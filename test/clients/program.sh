#!/usr/bin/env bash
# A shell script as the curl quick starts have it. It knows a user name, an extension and a password, and one server URL.
set -euo pipefail
app="$RC_APP_CLIENT_ID:$RC_APP_CLIENT_SECRET"
me="$RC_SERVER_URL/restapi/v1.0/account/~/extension/~"

# The first text or number of that name in a JSON document.
field() { grep -oE "\"$1\" ?: ?(\"[^\"]*\"|[0-9]+)" | head -n 1 | sed -E "s/^\"$1\" ?: ?\"?//; s/\"$//"; }
api() { curl -sS -H "Authorization: Bearer $access" "$@"; }
refresh() {
  local answer
  answer=$(curl -sS -u "$app" "$RC_SERVER_URL/restapi/oauth/token" -d grant_type=refresh_token --data-urlencode "refresh_token=$refresh")
  access=$(field access_token <<<"$answer") refresh=$(field refresh_token <<<"$answer")
}

answer=$(curl -sS -u "$app" "$RC_SERVER_URL/restapi/oauth/token" -d grant_type=password \
  --data-urlencode "username=$RC_USERNAME" --data-urlencode "extension=$RC_EXTENSION" --data-urlencode "password=$RC_PASSWORD")
access=$(field access_token <<<"$answer") refresh=$(field refresh_token <<<"$answer")
echo "login $(field token_type <<<"$answer") for $(field expires_in <<<"$answer") s"

echo "extension $(api "$me" | field extensionNumber)"
ring='{"from":{"phoneNumber":"16505551102"},"to":{"phoneNumber":"16505551230"},"playPrompt":false}'
echo "ring-out $(api "$me/ring-out" -H 'Content-Type: application/json' -d "$ring" | field callStatus)"
sms="{\"from\":{\"phoneNumber\":\"$RC_SMS_FROM\"},\"to\":[{\"phoneNumber\":\"+16505551230\"}],\"text\":\"Your order is ready\"}"
echo "sms $(api "$me/sms" -H 'Content-Type: application/json' -d "$sms" | field type)"
page=$(mktemp)
trap 'rm -f "$page"' EXIT
echo 'An order' >"$page"
echo "fax $(api "$me/fax" -F to=+16505551231 -F "attachment=@$page;filename=order.txt;type=text/plain" | field type)"

records=0
next="$me/call-log?perPage=100&dateFrom=2000-01-01T00:00:00Z"
while [ -n "$next" ]; do
  api "$next" >"$page"
  records=$((records + $({ grep -oE '"sessionId" ?:' "$page" || true; } | wc -l)))
  next=$(tr -d '\n ' <"$page" | grep -oE '"nextPage":\{"uri":"[^"]*"' | sed -E 's/.*"uri":"//; s/"$//' || true)
done
echo "call log $records"

# A second process of this program may have refreshed meanwhile: what this one holds is refused, and it refreshes, too.
old=$access
refresh
[ "$access" != "$old" ] && echo 'refreshed'
access=$old
status=$(api -o "$page" -w '%{http_code}' "$me")
if [ "$status" = 401 ]; then
  refresh
  status="401, then $(api -o "$page" -w '%{http_code}' "$me")"
fi
echo "old token $status"

cx=$(curl -sS -XPOST "$RC_SERVER_URL/api/auth/login/rc/accesstoken?includeRefresh=true" -d "rcAccessToken=$access" -d 'rcTokenType=Bearer')
cx=$(curl -sS -XPOST "$RC_SERVER_URL/api/auth/token/refresh" -d "refresh_token=$(field refreshToken <<<"$cx")" -d 'rcTokenType=Bearer')
echo "ringcx account $(curl -sS "$RC_SERVER_URL/voice/api/v1/admin/accounts" -H "Authorization: Bearer $(field accessToken <<<"$cx")" | field accountName)"

curl -sS -u "$app" -o "$page" -w 'logout %{http_code}\n' "$RC_SERVER_URL/restapi/oauth/revoke" --data-urlencode "token=$access"
echo "after logout $(api -o "$page" -w '%{http_code}' "$me")"
