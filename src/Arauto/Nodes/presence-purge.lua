-- Takes leases that are gone out of a channel's presence.
-- KEYS[1] users of the channel, as in presence.lua
-- ARGV leases that are gone
-- Returns the users who are nowhere any more.
local gone = {}
for i = 1, #ARGV do gone[ARGV[i]] = true end
local left = {}
local fields = redis.call('HGETALL', KEYS[1])
for i = 1, #fields, 2 do
  local places, changed = {}, false
  for lease, count in string.gmatch(fields[i + 1], '(%S+)=(%d+)') do
    if gone[lease] then changed = true else places[#places + 1] = lease .. '=' .. count end
  end
  if changed and #places > 0 then redis.call('HSET', KEYS[1], fields[i], table.concat(places, ' ')) end
  if #places == 0 then
    redis.call('HDEL', KEYS[1], fields[i])
    left[#left + 1] = fields[i]
  end
end
return left
