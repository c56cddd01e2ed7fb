"""A Python program as requests-oauthlib's users write it: a password login, and Refreshes by the library itself."""

import os

from oauthlib.oauth2 import LegacyApplicationClient
from requests.auth import HTTPBasicAuth
from requests_oauthlib import OAuth2Session

# The library wants https unless told; a gateway on the same machine has none.
os.environ["OAUTHLIB_INSECURE_TRANSPORT"] = "1"
# RingCentral answers with the whole scope of the app, whatever was asked for.
os.environ["OAUTHLIB_RELAX_TOKEN_SCOPE"] = "1"

server = os.environ["RC_SERVER_URL"]
app = HTTPBasicAuth(os.environ["RC_APP_CLIENT_ID"], os.environ["RC_APP_CLIENT_SECRET"])
token_url = server + "/restapi/oauth/token"
me = server + "/restapi/v1.0/account/~/extension/~"

session = OAuth2Session(client=LegacyApplicationClient(client_id=os.environ["RC_APP_CLIENT_ID"]))
token = session.fetch_token(
    token_url,
    username=os.environ["RC_USERNAME"] + "*" + os.environ["RC_EXTENSION"],
    password=os.environ["RC_PASSWORD"],
    auth=app,
)
print("login %s for %s s" % (token["token_type"], token["expires_in"]))


def refresh():
    session.refresh_token(token_url, auth=app)


print("extension " + session.get(me).json()["extensionNumber"])
ring = {"from": {"phoneNumber": "16505551102"}, "to": {"phoneNumber": "16505551230"}, "playPrompt": False}
print("ring-out " + session.post(me + "/ring-out", json=ring).json()["status"]["callStatus"])
sms = {"from": {"phoneNumber": os.environ["RC_SMS_FROM"]}, "to": [{"phoneNumber": "+16505551230"}], "text": "Your order is ready"}
print("sms " + session.post(me + "/sms", json=sms).json()["type"])
fax = session.post(me + "/fax", data={"to": "+16505551231"}, files={"attachment": ("order.txt", b"An order\n", "text/plain")})
print("fax " + fax.json()["type"])

records = 0
link = me + "/call-log?perPage=100&dateFrom=2000-01-01T00:00:00Z"
while link:
    page = session.get(link).json()
    records += len(page["records"])
    link = page["navigation"].get("nextPage", {}).get("uri")
print("call log %d" % records)

old = dict(session.token)
refresh()
if session.token["access_token"] != old["access_token"]:
    print("refreshed")
session.token = dict(session.token, access_token=old["access_token"])
answer = session.get(me)
status = str(answer.status_code)
if answer.status_code == 401:
    refresh()
    status = "401, then %d" % session.get(me).status_code
print("old token " + status)

form = {"rcAccessToken": session.token["access_token"], "rcTokenType": "Bearer"}
cx = session.post(server + "/api/auth/login/rc/accesstoken?includeRefresh=true", data=form, withhold_token=True).json()
form = {"refresh_token": cx["refreshToken"], "rcTokenType": "Bearer"}
cx = session.post(server + "/api/auth/token/refresh", data=form, withhold_token=True).json()
headers = {"Authorization": "Bearer " + cx["accessToken"]}
accounts = session.get(server + "/voice/api/v1/admin/accounts", headers=headers, withhold_token=True).json()
print("ringcx account " + accounts[0]["accountName"])

answer = session.post(server + "/restapi/oauth/revoke", data={"token": session.token["access_token"]}, auth=app, withhold_token=True)
print("logout %d" % answer.status_code)
print("after logout %d" % session.get(me).status_code)
