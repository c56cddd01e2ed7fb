# A Ruby program with nothing but the standard library.
require 'json'
require 'net/http'
require 'uri'

SERVER = ENV.fetch('RC_SERVER_URL')
ME = "#{SERVER}/restapi/v1.0/account/~/extension/~"

def send_request(request)
  Net::HTTP.start(request.uri.hostname, request.uri.port) { |http| http.request(request) }
end

def as_app(path, form)
  request = Net::HTTP::Post.new(URI(SERVER + path))
  request.basic_auth(ENV.fetch('RC_APP_CLIENT_ID'), ENV.fetch('RC_APP_CLIENT_SECRET'))
  request.set_form_data(form)
  send_request(request)
end

def token(form)
  answer = as_app('/restapi/oauth/token', form)
  $tokens = JSON.parse(answer.body)
  raise $tokens['error_description'] unless answer.code == '200'
end

def refresh
  token('grant_type' => 'refresh_token', 'refresh_token' => $tokens['refresh_token'])
end

def api(request)
  request['Authorization'] = "Bearer #{$tokens['access_token']}"
  send_request(request)
end

def get(link)
  api(Net::HTTP::Get.new(URI(link)))
end

def post_json(link, body)
  request = Net::HTTP::Post.new(URI(link), 'Content-Type' => 'application/json')
  request.body = JSON.generate(body)
  JSON.parse(api(request).body)
end

token('grant_type' => 'password', 'username' => ENV.fetch('RC_USERNAME'), 'extension' => ENV.fetch('RC_EXTENSION'), 'password' => ENV.fetch('RC_PASSWORD'))
puts "login #{$tokens['token_type']} for #{$tokens['expires_in']} s"

puts "extension #{JSON.parse(get(ME).body)['extensionNumber']}"
ring = { from: { phoneNumber: '16505551102' }, to: { phoneNumber: '16505551230' }, playPrompt: false }
puts "ring-out #{post_json("#{ME}/ring-out", ring)['status']['callStatus']}"
sms = { from: { phoneNumber: ENV.fetch('RC_SMS_FROM') }, to: [{ phoneNumber: '+16505551230' }], text: 'Your order is ready' }
puts "sms #{post_json("#{ME}/sms", sms)['type']}"
fax = Net::HTTP::Post.new(URI("#{ME}/fax"))
fax.set_form([['to', '+16505551231'], ['attachment', "An order\n", { filename: 'order.txt', content_type: 'text/plain' }]], 'multipart/form-data')
puts "fax #{JSON.parse(api(fax).body)['type']}"

records = 0
link = "#{ME}/call-log?perPage=100&dateFrom=2000-01-01T00:00:00Z"
while link
  page = JSON.parse(get(link).body)
  records += page['records'].length
  link = page['navigation'].dig('nextPage', 'uri')
end
puts "call log #{records}"

old = $tokens['access_token']
refresh
puts 'refreshed' if $tokens['access_token'] != old
$tokens['access_token'] = old
status = get(ME).code
if status == '401'
  refresh
  status = "401, then #{get(ME).code}"
end
puts "old token #{status}"

cx = Net::HTTP.post_form(URI("#{SERVER}/api/auth/login/rc/accesstoken?includeRefresh=true"), 'rcAccessToken' => $tokens['access_token'], 'rcTokenType' => 'Bearer')
cx = Net::HTTP.post_form(URI("#{SERVER}/api/auth/token/refresh"), 'refresh_token' => JSON.parse(cx.body)['refreshToken'], 'rcTokenType' => 'Bearer')
accounts = Net::HTTP::Get.new(URI("#{SERVER}/voice/api/v1/admin/accounts"), 'Authorization' => "Bearer #{JSON.parse(cx.body)['accessToken']}")
puts "ringcx account #{JSON.parse(send_request(accounts).body)[0]['accountName']}"

puts "logout #{as_app('/restapi/oauth/revoke', 'token' => $tokens['access_token']).code}"
puts "after logout #{get(ME).code}"
