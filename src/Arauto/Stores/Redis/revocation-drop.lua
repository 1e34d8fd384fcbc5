-- Forgets revocations, as far as they still end where they did.
-- KEYS  1 revocations
-- ARGV  subject and times in turn

for i = 1, #ARGV, 2 do
  if redis.call('HGET', KEYS[1], ARGV[i]) == ARGV[i + 1] then redis.call('HDEL', KEYS[1], ARGV[i]) end
end
