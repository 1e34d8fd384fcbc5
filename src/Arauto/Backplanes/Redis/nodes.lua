-- Renews this node's lease and tells who lives.
-- KEYS[1] nodes by the moment until which they live (milliseconds)
-- ARGV[1] this node, or an empty text to look only; ARGV[2] the lease in milliseconds, 0 to end it
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
local was = 0
if ARGV[1] ~= '' then
  local known = redis.call('ZSCORE', KEYS[1], ARGV[1])
  if known and tonumber(known) > now then was = 1 end
  if ARGV[2] == '0' then redis.call('ZREM', KEYS[1], ARGV[1])
  else redis.call('ZADD', KEYS[1], now + ARGV[2], ARGV[1]) end
end
redis.call('ZREMRANGEBYSCORE', KEYS[1], '-inf', now)
return { was, redis.call('ZRANGE', KEYS[1], 0, -1) }
