/**
 * The platform's operations below `/restapi`, but for those of an account in its version 1.0.
 *
 * A line is method, path, Permission (`-` where none is needed), throttling group, and `media` where the media origin serves it. Written by
 * scripts/operations.mjs.
 *
 * @see RingCentral's OpenAPI file: `x-app-permission`, `x-throttling-group`, `x-media-api`
 */
export const RESTAPI_OPERATIONS = `
GET /restapi - NoThrottling
GET /restapi/oauth/authorize - Auth
POST /restapi/oauth/authorize - Auth
GET /restapi/oauth/jwks - NoThrottling
POST /restapi/oauth/revoke - Auth
POST /restapi/oauth/token - Auth
GET /restapi/oauth/userinfo - Auth
POST /restapi/oauth/wstoken WebSocket Auth
POST /restapi/v1.0/client-info/sip-provision VoipCalling Heavy
GET /restapi/v1.0/dictionary/brand/{brandId}/contracted-country - Light
GET /restapi/v1.0/dictionary/brand/{brandId}/contracted-country/{contractedCountryId} - Light
GET /restapi/v1.0/dictionary/country - Light
GET /restapi/v1.0/dictionary/country/{countryId} - Light
GET /restapi/v1.0/dictionary/fax-cover-page - Light
GET /restapi/v1.0/dictionary/greeting - Medium
GET /restapi/v1.0/dictionary/greeting/{greetingId} - Medium
GET /restapi/v1.0/dictionary/language - Light
GET /restapi/v1.0/dictionary/language/{languageId} - Light
GET /restapi/v1.0/dictionary/location - Light
GET /restapi/v1.0/dictionary/permission - Light
GET /restapi/v1.0/dictionary/permission-category - Light
GET /restapi/v1.0/dictionary/permission-category/{permissionCategoryId} - Light
GET /restapi/v1.0/dictionary/permission/{permissionId} - Light
GET /restapi/v1.0/dictionary/state - Light
GET /restapi/v1.0/dictionary/state/{stateId} - Light
GET /restapi/v1.0/dictionary/timezone - Light
GET /restapi/v1.0/dictionary/timezone/{timezoneId} - Light
GET /restapi/v1.0/dictionary/user-role - Light
GET /restapi/v1.0/dictionary/user-role/{roleId} - Light
POST /restapi/v1.0/number-parser/parse - Light
GET /restapi/v1.0/subscription - Light
POST /restapi/v1.0/subscription - Medium
DELETE /restapi/v1.0/subscription/{subscriptionId} - Medium
GET /restapi/v1.0/subscription/{subscriptionId} - Light
PUT /restapi/v1.0/subscription/{subscriptionId} - Medium
POST /restapi/v1.0/subscription/{subscriptionId}/renew - Light
GET /restapi/v2/accounts/{accountId} ReadAccounts Light
POST /restapi/v2/accounts/{accountId}/batch-provisioning/users EditAccounts Heavy
GET /restapi/v2/accounts/{accountId}/cost-centers ReadAccounts Light
DELETE /restapi/v2/accounts/{accountId}/device-inventory EditAccounts Heavy
POST /restapi/v2/accounts/{accountId}/device-inventory EditAccounts Heavy
POST /restapi/v2/accounts/{accountId}/devices/bulk-add EditAccounts Heavy
DELETE /restapi/v2/accounts/{accountId}/devices/{deviceId} EditAccounts Medium
DELETE /restapi/v2/accounts/{accountId}/extensions EditAccounts Heavy
GET /restapi/v2/accounts/{accountId}/extensions/{extensionId}/call-flip-numbers ReadAccounts Light
PUT /restapi/v2/accounts/{accountId}/extensions/{extensionId}/call-flip-numbers EditExtensions Medium
GET /restapi/v2/accounts/{accountId}/extensions/{extensionId}/comm-handling/states ReadAccounts Medium
GET /restapi/v2/accounts/{accountId}/extensions/{extensionId}/comm-handling/states/{stateId} ReadAccounts Medium
PATCH /restapi/v2/accounts/{accountId}/extensions/{extensionId}/comm-handling/states/{stateId} EditExtensions Medium
DELETE /restapi/v2/accounts/{accountId}/extensions/{extensionId}/comm-handling/voice/forwarding-targets EditExtensions Medium
GET /restapi/v2/accounts/{accountId}/extensions/{extensionId}/comm-handling/voice/forwarding-targets ReadAccounts Medium
GET /restapi/v2/accounts/{accountId}/extensions/{extensionId}/comm-handling/voice/forwarding-targets/devices/{deviceId}/extensions ReadAccounts Medium
GET /restapi/v2/accounts/{accountId}/extensions/{extensionId}/comm-handling/voice/interaction-rules ReadAccounts Medium
POST /restapi/v2/accounts/{accountId}/extensions/{extensionId}/comm-handling/voice/interaction-rules EditExtensions Medium
DELETE /restapi/v2/accounts/{accountId}/extensions/{extensionId}/comm-handling/voice/interaction-rules/{ruleId} EditExtensions Medium
GET /restapi/v2/accounts/{accountId}/extensions/{extensionId}/comm-handling/voice/interaction-rules/{ruleId} ReadAccounts Medium
PATCH /restapi/v2/accounts/{accountId}/extensions/{extensionId}/comm-handling/voice/interaction-rules/{ruleId} EditExtensions Medium
GET /restapi/v2/accounts/{accountId}/extensions/{extensionId}/comm-handling/voice/state-rules ReadAccounts Medium
GET /restapi/v2/accounts/{accountId}/extensions/{extensionId}/comm-handling/voice/state-rules/{stateId} ReadAccounts Medium
PATCH /restapi/v2/accounts/{accountId}/extensions/{extensionId}/comm-handling/voice/state-rules/{stateId} EditExtensions Medium
POST /restapi/v2/accounts/{accountId}/extensions/{extensionId}/devices/{deviceId}/replace EditAccounts Medium
DELETE /restapi/v2/accounts/{accountId}/phone-numbers EditAccounts Medium
GET /restapi/v2/accounts/{accountId}/phone-numbers ReadAccounts Heavy
POST /restapi/v2/accounts/{accountId}/phone-numbers/bulk-add EditAccounts Heavy
GET /restapi/v2/accounts/{accountId}/phone-numbers/bulk-add/{taskId} EditAccounts Heavy
PATCH /restapi/v2/accounts/{accountId}/phone-numbers/{phoneNumberId} EditAccounts Medium
POST /restapi/v2/accounts/{accountId}/phone-numbers/{phoneNumberId}/replace EditAccounts Medium
GET /restapi/v2/accounts/{accountId}/regional-settings ReadAccounts Light
PATCH /restapi/v2/accounts/{accountId}/regional-settings EditAccounts Medium
POST /restapi/v2/accounts/{accountId}/send-activation-email EditAccounts Medium
POST /restapi/v2/accounts/{accountId}/send-welcome-email EditExtensions Medium
GET /restapi/v2/accounts/{accountId}/sms/consents SMS Light
PATCH /restapi/v2/accounts/{accountId}/sms/consents SMS Light
GET /restapi/v2/accounts/{accountId}/sms/consents/export SMS Light
GET /restapi/v2/accounts/{accountId}/sms/consents/history SMS Light
POST /restapi/v2/accounts/{accountId}/sms/consents/search SMS Light
POST /restapi/v2/number-parser/parse - Light
GET /restapi/{apiVersion} - NoThrottling
`;
