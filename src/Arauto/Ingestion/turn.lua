-- Takes, renews or gives back a turn that one node has at a time.
-- KEYS[1] whose turn it is; KEYS[2] who had it last
-- ARGV[1] the node; ARGV[2] milliseconds for which it may have the turn, 0 to give it back
-- ARGV[3] 1 if the node began to listen lately, so that another may have heard more; ARGV[4] milliseconds for which that matters
-- Returns 1 if it is the node's turn now.
local holder = redis.call('GET', KEYS[1])
if holder and holder ~= ARGV[1] then return 0 end
if ARGV[2] == '0' then
  redis.call('DEL', KEYS[1])
  return 0
end
if not holder and ARGV[3] == '1' then
  local last = redis.call('GET', KEYS[2])
  if last and last ~= ARGV[1] then return 0 end
end
redis.call('SET', KEYS[1], ARGV[1], 'PX', ARGV[2])
redis.call('SET', KEYS[2], ARGV[1], 'PX', ARGV[4])
return 1
