-- Gives keys of one slot their life anew; those that do not exist, or live longer for another reason, are passed over.
-- KEYS  any  ARGV  the life of each in milliseconds, in the same order

for i = 1, #KEYS do
  if redis.call('PTTL', KEYS[i]) < tonumber(ARGV[i]) then redis.call('PEXPIRE', KEYS[i], ARGV[i]) end
end
return 1
