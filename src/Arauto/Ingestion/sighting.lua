-- Tells whether a publication that several nodes hear is to be taken by the one that asks.
-- A publication has no name, so equal bytes are counted: the n-th that a node hears is the n-th that was published.
-- KEYS[1] the count of publications with these bytes on this channel, and of those that each node heard
-- ARGV[1] the node and its time of listening; ARGV[2] milliseconds within which nodes hear the same; ARGV[3] expiry in milliseconds
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
local taken = tonumber(redis.call('HGET', KEYS[1], 'taken') or '0')
local heard = tonumber(redis.call('HGET', KEYS[1], 'by:' .. ARGV[1]) or '-1')
if heard >= 0 then heard = heard + 1
else
  -- It began to listen in the middle: what was taken a moment ago is the same publication, anything else a new one.
  local last = tonumber(redis.call('HGET', KEYS[1], 'at') or '0')
  if taken > 0 and now - last < tonumber(ARGV[2]) then heard = taken else heard = taken + 1 end
end
redis.call('HSET', KEYS[1], 'by:' .. ARGV[1], heard)
redis.call('PEXPIRE', KEYS[1], ARGV[3])
if heard <= taken then return 0 end
redis.call('HSET', KEYS[1], 'taken', heard, 'at', now)
return 1
