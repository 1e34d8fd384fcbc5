-- Gives keys of one slot their life anew; those that do not exist are passed over.
-- KEYS  any  ARGV  the life of each in milliseconds, in the same order

for i = 1, #KEYS do redis.call('PEXPIRE', KEYS[i], ARGV[i]) end
return 1
