-- Renews a lease and tells which hold.
-- KEYS[1] leases by the moment until which they hold (milliseconds); one that has ended stays for an hour, which tells it from one that was given back, or lost with Redis
-- ARGV[1] this node's lease, or an empty text to look only; ARGV[2] its time in milliseconds, 0 to give it back; ARGV[3] 1 if it begins: one that has ended is never renewed
-- Returns how it stood (2 held, 1 had ended, 0 was not there), the leases that hold, those that have ended
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
local stood = 0
if ARGV[1] ~= '' then
  local known = redis.call('ZSCORE', KEYS[1], ARGV[1])
  if known then stood = tonumber(known) > now and 2 or 1 end
  if ARGV[2] == '0' then redis.call('ZREM', KEYS[1], ARGV[1])
  elseif stood == 2 or ARGV[3] == '1' then redis.call('ZADD', KEYS[1], now + ARGV[2], ARGV[1]) end
end
redis.call('ZREMRANGEBYSCORE', KEYS[1], '-inf', now - 3600000)
return { stood, redis.call('ZRANGEBYSCORE', KEYS[1], string.format('(%d', now), '+inf'), redis.call('ZRANGEBYSCORE', KEYS[1], '-inf', now) }
