-- Counts a publication that was taken into its log.
-- KEYS[1] how often these bytes were taken on this channel
-- ARGV[1] milliseconds after which equal bytes are counted from the beginning
local count = redis.call('INCR', KEYS[1])
redis.call('PEXPIRE', KEYS[1], ARGV[1])
return count
