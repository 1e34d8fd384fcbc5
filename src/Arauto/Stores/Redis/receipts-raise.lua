-- Raises the marks of a user.
-- KEYS  1 marks  2 users in order
-- ARGV  1 user  2 delivered  3 read  4 life, 0 = for ever
-- Gives  delivered and read if one rose, else nothing

local marks = redis.call('HGET', KEYS[1], ARGV[1])
local old_delivered, old_read = string.match(marks or '0 0', '^(%d+) (%d+)$')
local delivered = math.max(tonumber(old_delivered), tonumber(ARGV[2]), tonumber(ARGV[3]))
local read = math.max(tonumber(old_read), tonumber(ARGV[3]))
if delivered == tonumber(old_delivered) and read == tonumber(old_read) then return false end
redis.call('HSET', KEYS[1], ARGV[1], string.format('%.0f %.0f', delivered, read))
redis.call('ZADD', KEYS[2], 0, ARGV[1])
if ARGV[4] ~= '0' then
  redis.call('PEXPIRE', KEYS[1], ARGV[4])
  redis.call('PEXPIRE', KEYS[2], ARGV[4])
end
return { delivered, read }
