-- Keeps a revocation; of two for the same subject the later times stay.
-- KEYS  1 revocations
-- ARGV  1 subject  2 issued before  3 until
-- The times are text of equal length, so that their order is that of the text.

local before, ending = string.match(redis.call('HGET', KEYS[1], ARGV[1]) or '', '^(%d+) (%d+)$')
if before and before > ARGV[2] then ARGV[2] = before end
if ending and ending > ARGV[3] then ARGV[3] = ending end
redis.call('HSET', KEYS[1], ARGV[1], ARGV[2] .. ' ' .. ARGV[3])
