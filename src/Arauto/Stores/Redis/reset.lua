-- Drops the messages of a channel and begins an epoch that it did not have.
-- KEYS  1 messages  2 state  3 base
-- ARGV  1 run of this server  2 life of the state, 0 = for ever  3 a base  4 a generation

local state = redis.call('HMGET', KEYS[2], 'e', 'b', 'f')
local epoch = state[1] or beginning(KEYS[3], ARGV[3])
epoch = draw(epoch, tonumber(ARGV[4]), epoch .. ' ' .. (state[2] or '') .. ' ' .. (state[3] or ''))
redis.call('DEL', KEYS[1], KEYS[2])
redis.call('HSET', KEYS[2], 'e', epoch, 't', '0', 'b', epoch, 'f', '', 'r', line_of_data(ARGV[1]), 'o', '0', 'a', '0', 'l', ARGV[2], 'k', '0')
if ARGV[2] ~= '0' then redis.call('PEXPIRE', KEYS[2], ARGV[2]) end
