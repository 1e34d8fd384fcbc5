-- Takes, renews or gives back a turn that one node has at a time.
-- KEYS[1] whose turn it is
-- ARGV[1] the node; ARGV[2] milliseconds for which it may have the turn, 0 to give it back
-- Returns 1 if it is the node's turn now.
local holder = redis.call('GET', KEYS[1])
if holder and holder ~= ARGV[1] then return 0 end
if ARGV[2] == '0' then
  redis.call('DEL', KEYS[1])
  return 0
end
redis.call('SET', KEYS[1], ARGV[1], 'PX', ARGV[2])
return 1
